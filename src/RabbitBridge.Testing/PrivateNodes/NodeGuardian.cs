using System.Diagnostics;
using System.Globalization;

namespace RabbitBridge.Testing.PrivateNodes;

/// <summary>The conversation with guardian.sh: one word there, one line back. Not safe for overlapping calls.</summary>
internal sealed class NodeGuardian : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    private readonly Process _process;

    private NodeGuardian(Process process) => _process = process;

    public int EpmdPid { get; private set; }

    public int? NodePid { get; private set; }

    public static async Task<NodeGuardian> StartAsync(
        RabbitInstallation installation, NodeFolder folder, IReadOnlyDictionary<string, string> environment, CancellationToken ct)
    {
        // A session of its own: Ctrl-C at the tests' terminal must reach the tests, which then end the node in order.
        var info = new ProcessStartInfo("setsid", ["sh", folder.Guardian, folder.Root, installation.Server, installation.Epmd])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder.Root,
        };
        info.Environment.Clear();
        foreach (var (name, value) in environment)
            info.Environment[name] = value;
        var guardian = new NodeGuardian(Process.Start(info) ?? throw new TestBrokerException("setsid could not be started."));
        try
        {
            guardian.EpmdPid = Pid(await guardian.ReadAsync(AnswerLimit, ct).ConfigureAwait(false), "epmd ");
            return guardian;
        }
        catch
        {
            await guardian.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task StartNodeAsync(CancellationToken ct) =>
        NodePid = Pid(await AskAsync("start", AnswerLimit, ct).ConfigureAwait(false), "node ");

    public async Task StopNodeAsync()
    {
        if (NodePid is null)
            return;
        await AskAsync("stop", StopLimit, CancellationToken.None).ConfigureAwait(false);
        NodePid = null;
    }

    public async Task KillNodeAsync()
    {
        if (NodePid is null)
            return;
        await AskAsync("kill", AnswerLimit, CancellationToken.None).ConfigureAwait(false);
        NodePid = null;
    }

    /// <summary>Whether the node ended by itself. The guardian reaps it only on the next command, so it shows as a zombie.
    /// </summary>
    public bool NodeHasEnded()
    {
        if (NodePid is not { } pid)
            return true;
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // "pid (name) state …", and the name may hold anything.
            return stat[stat.LastIndexOf(')') + 2] is 'Z' or 'X';
        }
        catch (IOException)
        {
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The end of its input is the guardian's order to end everything.
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(AnswerLimit).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It waits for a node that does not end on SIGTERM; without these two it goes on to its end.
            foreach (var pid in new[] { NodePid, EpmdPid })
                KillByPid(pid);
            await _process.WaitForExitAsync().WaitAsync(AnswerLimit).ConfigureAwait(false);
        }
        finally
        {
            _process.Dispose();
        }
    }

    private static void KillByPid(int? pid)
    {
        try
        {
            using var process = pid is { } id and > 0 ? Process.GetProcessById(id) : null;
            process?.Kill();
        }
        catch (ArgumentException e)
        {
            Trace.TraceInformation("Already gone: {0}", e.Message);
        }
    }

    private async Task<string> AskAsync(string command, TimeSpan limit, CancellationToken ct)
    {
        await _process.StandardInput.WriteLineAsync(command.AsMemory(), ct).ConfigureAwait(false);
        await _process.StandardInput.FlushAsync(ct).ConfigureAwait(false);
        return await ReadAsync(limit, ct).ConfigureAwait(false);
    }

    private async Task<string> ReadAsync(TimeSpan limit, CancellationToken ct)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct);
        both.CancelAfter(limit);
        try
        {
            return await _process.StandardOutput.ReadLineAsync(both.Token).ConfigureAwait(false)
                ?? throw new TestBrokerException("The private node's guardian ended unexpectedly.");
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new TestBrokerException($"The private node did not obey within {limit.TotalSeconds:0} s.", e);
        }
    }

    private static int Pid(string line, string prefix) => line.StartsWith(prefix, StringComparison.Ordinal)
        ? int.Parse(line.AsSpan(prefix.Length), CultureInfo.InvariantCulture)
        : throw new TestBrokerException($"The private node's guardian said '{line}'.");
}
