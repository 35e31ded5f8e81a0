using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;

namespace RabbitBridge.Services;

/// <summary>Finds the queues that services have bound by themselves, and tells once what is wrong with them.</summary>
internal sealed class BoundQueueFinder(IFabric fabric, ILogger logger)
{
    private HashSet<string> _told = [];

    /// <summary>Asks the broker.</summary>
    /// <returns>The services that may be routed to, by path; <see langword="null"/> if it did not answer.</returns>
    public async Task<IReadOnlyDictionary<MessagePath, ServiceOptions>?> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            var bound = await fabric.FindBoundAsync(cancellationToken).ConfigureAwait(false);
            var problems = bound.Others.Select(static other => $"No session reaches {other}: only 'SEGMENTS.#' at the level of that many segments stands for a branch.").ToHashSet();
            var found = new Dictionary<MessagePath, ServiceOptions>();
            foreach (var (path, queue) in bound.Branches.OrderBy(static each => each.Queue, StringComparer.Ordinal))
                Add(found, path, queue, problems);
            Tell(problems);
            return found;
        }
#pragma warning disable CA1031 // Whatever it is, it is told, and tried again.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Tell([exception.Message]);
            return null;
        }
    }

    private static void Add(Dictionary<MessagePath, ServiceOptions> found, MessagePath path, string queue, HashSet<string> problems)
    {
        var options = new ServiceOptions { Path = path.ToString(), Queue = queue };
        try
        {
            ServiceRules.Read(options);
        }
        catch (MessagingException exception)
        {
            // Such as a name with control characters.
            problems.Add($"No session reaches a queue that is bound for '{path}': {exception.Message}");
            return;
        }

        if (!found.TryAdd(path, options))
            problems.Add($"The queues '{found[path].Queue}' and '{queue}' are both bound for '{path}': each gets every request of plain callers, and sessions reach the first only.");
    }

    private void Tell(HashSet<string> problems)
    {
        foreach (var problem in problems.Except(_told))
            Log.BoundQueueNotSeen(logger, problem);
        _told = problems;
    }
}
