using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using RabbitBridge.Cli.Workers;
using RabbitBridge.Testing;

namespace RabbitBridge.EndToEndTests.Cli;

/// <summary>The gateway and command-line processes of a test, which end with it.</summary>
internal sealed class Programs : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private static readonly string[] Security =
    [
        "--Security:Principals:server:PasswordHash", PasswordHash.Create("secret of the server"), "--Security:AnonymousSessions:Allowed", "true",
    ];

    private readonly List<ProgramRun> _runs = [];
    private readonly ConcurrentDictionary<string, ProgramRun> _gateways = new();

    /// <summary>The options of the principal whom gateways know.</summary>
    public static IReadOnlyList<string> Server { get; } = ["--principal", "server", "--password", "secret of the server"];

    public static Programs Create() => new();

    /// <summary>Starts the gateway process by its verb, and waits until it is ready.</summary>
    /// <returns>Its address.</returns>
    public async Task<string> StartGatewayAsync(params string[] options)
    {
        var address = $"http://127.0.0.1:{FreePort()}";
        var run = Start(["gateway", "--urls", address, .. Security, .. options]);
        await Until.TrueAsync(
            async () =>
            {
                Assert.False(run.HasExited, run.All);
                return await StatusAsync($"{address}/readyz") == HttpStatusCode.OK;
            },
            $"the gateway at {address} is ready");
        _gateways[address] = run;
        return address;
    }

    public Task<string> StartGatewayAsync(string name, Uri broker, string prefix) =>
        StartGatewayAsync("--Gateway:Name", name, "--RabbitMq:Uri", broker.ToString(), "--RabbitMq:Prefix", prefix);

    /// <summary>The process of a gateway.</summary>
    public ProgramRun GatewayAt(string address) => _gateways[address];

    public ProgramRun Start(params IReadOnlyList<string> arguments) => StartWith([], arguments);

    public ProgramRun StartWith(Dictionary<string, string> environment, params IReadOnlyList<string> arguments) => StartWith(environment, "", arguments);

    public ProgramRun StartWith(Dictionary<string, string> environment, string input, IReadOnlyList<string> arguments) =>
        Start(OwnProgram.StartInfo(arguments), environment, input);

    /// <summary>Starts the command line within a shell.</summary>
    /// <param name="script">What the shell runs; <c>"$0" "$@"</c> is the command line.</param>
    /// <param name="arguments">Its arguments.</param>
    public ProgramRun StartInShell(string script, params IReadOnlyList<string> arguments)
    {
        var info = OwnProgram.StartInfo(arguments);
        info.ArgumentList.Insert(0, info.FileName);
        info.ArgumentList.Insert(0, script);
        info.ArgumentList.Insert(0, "-c");
        info.FileName = "sh";
        return Start(info, [], "");
    }

    private ProgramRun Start(ProcessStartInfo info, Dictionary<string, string> environment, string input)
    {
        foreach (var name in new[] { "RABBITBRIDGE_ADDRESS", "RABBITBRIDGE_PASSWORD", "RABBITBRIDGE_TOKEN", "RABBITBRIDGE_AMQP_URI" })
            info.Environment.Remove(name);
        foreach (var (name, value) in environment)
            info.Environment[name] = value;
        var run = new ProgramRun(info, input);
        _runs.Add(run);
        return run;
    }

    /// <summary>Runs the command line to its end.</summary>
    public async Task<ProgramRun> RunAsync(int expected, params IReadOnlyList<string> arguments)
    {
        var run = Start(arguments);
        var exitCode = await run.EndAsync();
        Assert.True(exitCode == expected, $"{string.Join(' ', arguments)} ended with {exitCode}, not {expected}:\n{run.All}");
        return run;
    }

    /// <summary>Starts a handler and waits until it is registered.</summary>
    public async Task<ProgramRun> StartHandlerAsync(string path, string address, params IReadOnlyList<string> options)
    {
        var run = Start(["handle", path, "--address", address, .. options]);
        await Until.TrueAsync(
            () =>
            {
                Assert.False(run.HasExited, run.All);
                return run.All.Contains("andles", StringComparison.Ordinal);
            },
            $"'{path}' is handled");
        return run;
    }

    public static int FreePort() => FreePorts.Take(1)[0];

    public async ValueTask DisposeAsync()
    {
        foreach (var run in Enumerable.Reverse(_runs))
            await run.DisposeAsync();
    }

    private static async Task<HttpStatusCode?> StatusAsync(string address)
    {
        try
        {
            using var response = await Http.GetAsync(new Uri(address));
            return response.StatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }
}
