using System.Diagnostics;
using System.Text;
using RabbitBridge.Cli.Workers;
using RabbitBridge.EndToEndTests.Telemetry;

namespace RabbitBridge.EndToEndTests;

/// <summary>A run of <c>rabbitbridge demo</c> whose temporary folder is its own, so that what it leaves can be seen.</summary>
internal sealed class DemoRun : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly StringBuilder _errors = new();

    private DemoRun(Process process, string folder)
    {
        _process = process;
        Folder = folder;
        _output = process.StandardOutput.ReadToEndAsync();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
                _errors.AppendLine(line.Data);
        };
        process.BeginErrorReadLine();
    }

    /// <summary>Its temporary folder, whose name is in the environment of every process that it starts.</summary>
    public string Folder { get; }

    public int Id => _process.Id;

    /// <summary>What it has told on standard error by now.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
                return _errors.ToString();
        }
    }

    /// <param name="broker">Its broker; null for one that it starts.</param>
    /// <param name="options">More options.</param>
    public static DemoRun Start(Uri? broker, params IReadOnlyList<string> options) => Start(broker, telemetry: null, options);

    /// <param name="broker">Its broker; null for one that it starts.</param>
    /// <param name="telemetry">Where its processes send their telemetry, if anywhere.</param>
    /// <param name="options">More options.</param>
    public static DemoRun Start(Uri? broker, OtlpReceiver? telemetry, params IReadOnlyList<string> options)
    {
        var folder = Directory.CreateTempSubdirectory("rb-demo-run-").FullName;
        var info = OwnProgram.StartInfo(["demo", .. options]);
        info.Environment["TMPDIR"] = folder;
        telemetry?.AddTo(info.Environment);
        // What runs in the background of a shell inherits that it ignores Ctrl-C; the demo is to be as in a terminal.
        info.ArgumentList.Insert(0, info.FileName);
        info.ArgumentList.Insert(0, "--default-signal=INT");
        info.FileName = "env";
        if (broker is not null)
        {
            info.Environment["RABBITBRIDGE_BROKER"] = "external";
            info.Environment["RABBITBRIDGE_AMQP_URI"] = broker.ToString();
        }

        return new DemoRun(Process.Start(info)!, folder);
    }

    public void Kill() => _process.Kill();

    public async Task<(int ExitCode, string Output)> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Limit);
        return (_process.ExitCode, await _output.WaitAsync(Limit));
    }

    /// <summary>The processes that it started and that still run.</summary>
    public IReadOnlyList<int> Remaining() =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => int.TryParse(name, out _) && Environ(name!).Contains(Folder, StringComparison.Ordinal))
            .Select(name => int.Parse(name!, System.Globalization.CultureInfo.InvariantCulture)),
    ];

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static string Environ(string process)
    {
        try
        {
            // Empty for a zombie, which is as good as gone.
            return File.ReadAllText($"/proc/{process}/environ");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
