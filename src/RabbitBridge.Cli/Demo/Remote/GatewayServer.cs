using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using RabbitBridge.Cli.Workers;

namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>A process of RabbitBridge.Gateway, on a free port of the loopback interface.</summary>
internal sealed partial class GatewayServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly ChildProcess _process;

    private GatewayServer(string name, Uri address, ChildProcess process) => (Name, Address, _process) = (name, address, process);

    public string Name { get; }

    public Uri Address { get; }

    /// <summary>Starts it, and waits until it is ready.</summary>
    /// <exception cref="DemoFailedException">It is not built, or does not get ready; the text holds what it said.</exception>
    public static async Task<GatewayServer> StartAsync(string name, Uri broker, string prefix, Uri? origin, CancellationToken cancellationToken)
    {
        var process = ChildProcess.StartGuarded($"Gateway {name}", StartInfo(name, broker, prefix, origin));
        using var limit = new CancellationTokenSource(StartLimit);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var address = await AddressAsync(process, both.Token).ConfigureAwait(false);
            await UntilReadyAsync(address, process, both.Token).ConfigureAwait(false);
            return new GatewayServer(name, address, process);
        }
        catch (Exception exception)
        {
            await process.DisposeAsync().ConfigureAwait(false);
            if (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw process.Failure($"is not ready after {StartLimit.TotalSeconds} s");
            throw;
        }
    }

    /// <summary>The number of the program's guard, whose first child is the program.</summary>
    public int GuardId => _process.Id;

    public void Kill() => _process.Kill();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static ProcessStartInfo StartInfo(string name, Uri broker, string prefix, Uri? origin)
    {
        var program = FindProgram();
        // Its settings lie beside it; those of the folder in which the demo was started are not meant for it.
        // The address that it has chosen is in this log. Not by the environment: shells drop names with a dot.
        string[] arguments = ["exec", program, "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information"];
        var info = new ProcessStartInfo(OwnProgram.Host(), arguments) { WorkingDirectory = Path.GetDirectoryName(program)! };
        info.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        info.Environment["Gateway__Name"] = name;
        info.Environment["RabbitMq__Uri"] = broker.ToString();
        info.Environment["RabbitMq__Prefix"] = prefix;
        info.Environment["Logging__LogLevel__Default"] = "Warning";
        if (origin is not null)
            info.Environment["Remote__AllowedOrigins__0"] = origin.GetLeftPart(UriPartial.Authority);
        return info;
    }

    // Both are built into the same folder of artifacts.
    private static string FindProgram()
    {
        var own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var program = Environment.GetEnvironmentVariable("RABBITBRIDGE_GATEWAY_DLL") is { Length: > 0 } given
            ? Path.GetFullPath(given)
            : Path.GetFullPath(Path.Combine(own, "..", "..", "RabbitBridge.Gateway", Path.GetFileName(own), "RabbitBridge.Gateway.dll"));
        return File.Exists(program)
            ? program
            : throw new DemoFailedException($"The gateway program is not at {program}. Build src/RabbitBridge.Gateway, or name its dll in RABBITBRIDGE_GATEWAY_DLL.");
    }

    private static async Task<Uri> AddressAsync(ChildProcess process, CancellationToken cancellationToken)
    {
        while (true)
        {
            var line = await process.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (Listening().Match(line) is { Success: true } match)
                return new Uri(match.Groups[1].Value);
        }
    }

    private static async Task UntilReadyAsync(Uri address, ChildProcess process, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var http = new HttpClient(handler);
        while (true)
        {
            try
            {
                using var response = await http.GetAsync(new Uri(address, "readyz"), cancellationToken).ConfigureAwait(false);
                if (response.StatusCode == HttpStatusCode.OK)
                    return;
            }
            catch (HttpRequestException) when (process.Ended.IsCompleted)
            {
                throw process.Failure("has ended");
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex Listening();
}
