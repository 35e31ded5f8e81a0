using System.Diagnostics;

namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>Runs a session in a page of a headless browser.</summary>
internal sealed class BrowserHost : IScriptHost
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private readonly PageServer _pages;
    private readonly ChildProcess _process;
    private readonly SemaphoreSlim _asking = new(1);

    private BrowserHost(PageServer pages, ChildProcess process) => (_pages, _process) = (pages, process);

    /// <returns>The browser of RABBITBRIDGE_CHROMIUM, or the first on the PATH; <see langword="null"/> if there is none.</returns>
    public static string? Find() =>
        Environment.GetEnvironmentVariable("RABBITBRIDGE_CHROMIUM") is { Length: > 0 } given ? given : Programs.Find(Names);

    /// <param name="browser">The program.</param>
    /// <param name="pages">Where the page is; ends with the host.</param>
    /// <param name="scratch">Where it may leave files.</param>
    public static BrowserHost Start(string browser, PageServer pages, string scratch)
    {
        var profile = Directory.CreateDirectory(Path.Combine(scratch, "profile")).FullName;
        var info = new ProcessStartInfo(browser,
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-breakpad", $"--user-data-dir={profile}", pages.Address.AbsoluteUri,
        ]);
        info.Environment["TMPDIR"] = scratch;
        return new BrowserHost(pages, ChildProcess.StartGuarded("The browser", info));
    }

    public async Task<string> AskAsync(string command, CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ScriptFolder.ReplyLimit);
        try
        {
            await _pages.Commands.WriteAsync(command, limit.Token).ConfigureAwait(false);
            var reply = _pages.Replies.ReadAsync(limit.Token).AsTask();
            if (await Task.WhenAny(reply, _process.Ended).ConfigureAwait(false) == reply)
                return await reply.ConfigureAwait(false);
            throw _process.Failure("has ended");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
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
        await _pages.DisposeAsync().ConfigureAwait(false);
        _asking.Dispose();
    }
}
