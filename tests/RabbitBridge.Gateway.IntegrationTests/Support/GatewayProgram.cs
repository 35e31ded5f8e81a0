using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace RabbitBridge.Gateway.IntegrationTests;

/// <summary>The gateway's program, in a process that ends with the test.</summary>
internal sealed partial class GatewayProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private GatewayProgram(ProcessStartInfo start)
    {
        _process = Process.Start(start)!;
        _process.OutputDataReceived += OnLine;
        _process.ErrorDataReceived += OnLine;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Address => _address.Task.Result;

    /// <summary>What it has written so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Starts it, and waits until it listens.</summary>
    /// <param name="environment">Its configuration.</param>
    public static async Task<GatewayProgram> StartAsync(IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "RabbitBridge.Gateway.dll") },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var program = new GatewayProgram(start);
        try
        {
            await program._address.Task.WaitAsync(TimeSpan.FromSeconds(60));
            return program;
        }
        catch (TimeoutException)
        {
            await program.DisposeAsync();
            throw new TimeoutException($"The gateway does not listen:\n{program._output}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void OnLine(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
            _output.AppendLine(line.Data);
        if (line.Data is not null && Listening().Match(line.Data) is { Success: true } match)
            _address.TrySetResult(new Uri(match.Groups[1].Value));
    }

    [GeneratedRegex("Now listening on: (\\S+)")]
    private static partial Regex Listening();
}
