using System.Diagnostics;

namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>Runs a session in a Node process.</summary>
internal sealed class NodeHost : IScriptHost
{
    private readonly ChildProcess _process;
    private readonly SemaphoreSlim _asking = new(1);

    private NodeHost(ChildProcess process) => _process = process;

    /// <param name="node">The program.</param>
    /// <param name="package">The folder of the built client.</param>
    /// <param name="scratch">Where it may leave files.</param>
    public static NodeHost Start(string node, string package, string scratch)
    {
        var library = new Uri(Path.Combine(package, "dist", "index.js")).AbsoluteUri;
        var info = new ProcessStartInfo(node, [Path.Combine(ScriptFolder.Path, "node.mjs"), library]);
        info.Environment["TMPDIR"] = scratch;
        return new NodeHost(ChildProcess.Start("The Node session", info));
    }

    public async Task<string> AskAsync(string command, CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _process.WriteLineAsync(command, cancellationToken).ConfigureAwait(false);
            return await _process.ReadLineAsync(cancellationToken).WaitAsync(ScriptFolder.ReplyLimit, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw _process.Failure($"has not done in {ScriptFolder.ReplyLimit.TotalSeconds} s what it was told");
        }
        finally
        {
            _asking.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync().ConfigureAwait(false);
        _asking.Dispose();
    }
}
