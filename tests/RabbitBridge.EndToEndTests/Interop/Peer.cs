using System.Diagnostics;
using RabbitBridge.ContractTests;
using RabbitBridge.EndToEndTests.Cli;

namespace RabbitBridge.EndToEndTests.Interop;

/// <summary>The examples of one language in <c>tests/interop</c>.</summary>
internal sealed class Peer
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(3);

    private readonly string _program;
    private readonly string _folder;
    private readonly string _ending;
    private readonly string _separator;

    private Peer(string program, string folder, string ending, string separator) =>
        (_program, _folder, _ending, _separator) = (program, Path.Combine(SourceTree.Root, "tests", "interop", folder), ending, separator);

    /// <summary>Python with <c>pika</c>, of Debian's package <c>python3-pika</c>.</summary>
    public static Peer Python { get; } = new("/usr/bin/python3", "python", ".py", "_");

    /// <summary>Node with <c>amqplib</c>, which is installed when it is missing.</summary>
    public static Peer Node { get; } = new("node", "node", ".mjs", "-");

    /// <summary>Why its examples cannot run here; <see langword="null"/> if they can.</summary>
    public string? WhyNot() => this == Python
        ? Run("-c", "import pika") ? null : "Python has no pika here; on Debian: apt-get install python3-pika."
        : Directory.Exists(Path.Combine(_folder, "node_modules", "amqplib")) || new Peer("npm", "node", "", "").Run("ci", "--no-audit", "--no-fund")
            ? null : "npm is not on the PATH, or npm ci fails in tests/interop/node.";

    /// <summary>How an example is started.</summary>
    /// <param name="example">Its name, such as <c>filter caller</c>.</param>
    /// <param name="broker">The broker.</param>
    /// <param name="prefix">The bridge's prefix.</param>
    /// <param name="arguments">Its arguments.</param>
    public ProgramRun Start(string example, Uri broker, string prefix, params IEnumerable<string> arguments)
    {
        var info = StartInfo([example.Replace(" ", _separator, StringComparison.Ordinal) + _ending, .. arguments]);
        info.Environment["AMQP_URI"] = broker.ToString();
        info.Environment["RB_PREFIX"] = prefix;
        return new ProgramRun(info, "");
    }

    private ProcessStartInfo StartInfo(IEnumerable<string> arguments) => new(_program, arguments)
    {
        WorkingDirectory = _folder,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    private bool Run(params IEnumerable<string> arguments)
    {
        try
        {
            using var process = Process.Start(StartInfo(arguments))!;
            process.StandardInput.Close();
            _ = process.StandardOutput.ReadToEndAsync();
            _ = process.StandardError.ReadToEndAsync();
            if (process.WaitForExit(InstallLimit))
                return process.ExitCode == 0;
            process.Kill(entireProcessTree: true);
            return false;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
