using System.Diagnostics;

namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>The client for JavaScript, which is built on first use.</summary>
/// <param name="Folder">Where it is; <see langword="null"/> if it cannot be had.</param>
/// <param name="Missing">Why it cannot be had.</param>
internal sealed record JavaScriptPackage(string? Folder, string Missing)
{
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(5);

    /// <summary>Finds it in the repository of which this program is a part, and builds it if that is not done yet.</summary>
    public static async Task<JavaScriptPackage> PrepareAsync(string scratch, Action<string> progress, CancellationToken cancellationToken)
    {
        if (Find() is not { } folder)
            return new(null, "the JavaScript client is not here, only in the repository");
        if (IsBuilt(folder))
            return new(folder, "");
        if (Programs.Find("node") is null || Programs.Find("npm") is not { } npm)
            return new(null, "building the JavaScript client needs node and npm, which are not on the PATH");
        try
        {
            if (!Directory.Exists(Path.Combine(folder, "node_modules")))
            {
                progress("The JavaScript client's packages are fetched (npm ci), once.");
                await RunAsync(npm, folder, scratch, cancellationToken, "ci", "--no-audit", "--no-fund").ConfigureAwait(false);
            }

            progress("The JavaScript client is built (npm run build).");
            await RunAsync(npm, folder, scratch, cancellationToken, "run", "build").ConfigureAwait(false);
            return new(folder, "");
        }
        catch (DemoFailedException exception)
        {
            return new(null, $"the JavaScript client cannot be built: {exception.Message}");
        }
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var package = Path.Combine(folder.FullName, "src", "rabbitbridge-js");
            if (File.Exists(Path.Combine(package, "package.json")))
                return package;
        }

        return null;
    }

    private static bool IsBuilt(string folder)
    {
        // The last that is built.
        var bundle = new FileInfo(Path.Combine(folder, "dist", "rabbitbridge.browser.js"));
        return bundle.Exists
            && Directory.Exists(Path.Combine(folder, "node_modules"))
            && new DirectoryInfo(Path.Combine(folder, "src")).EnumerateFiles("*", SearchOption.AllDirectories).All(file => file.LastWriteTimeUtc <= bundle.LastWriteTimeUtc);
    }

    private static async Task RunAsync(string npm, string folder, string scratch, CancellationToken cancellationToken, params IReadOnlyList<string> arguments)
    {
        var info = new ProcessStartInfo(npm, arguments) { WorkingDirectory = folder };
        info.Environment["TMPDIR"] = scratch;
        var process = ChildProcess.StartGuarded($"npm {arguments[0]}", info);
        await using (process.ConfigureAwait(false))
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(BuildLimit);
            try
            {
                if (await process.WaitAsync(limit.Token).ConfigureAwait(false) is not 0 and var code)
                    throw process.Failure($"has ended with {code}");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw process.Failure($"has not ended in {BuildLimit.TotalMinutes} minutes");
            }
        }
    }
}
