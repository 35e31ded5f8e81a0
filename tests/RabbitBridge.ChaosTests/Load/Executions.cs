using System.Collections.Concurrent;

namespace RabbitBridge.ChaosTests.Load;

/// <summary>What was executed, by whom, and how often.</summary>
internal sealed class Executions
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, int>> _executions = new(StringComparer.Ordinal);

    public void Add(string operation, string participant) =>
        _executions.GetOrAdd(operation, static _ => new(StringComparer.Ordinal)).AddOrUpdate(participant, 1, static (_, count) => count + 1);

    /// <summary>How often each participant has executed it.</summary>
    public IReadOnlyCollection<int> Of(string operation) => _executions.TryGetValue(operation, out var counts) ? [.. counts.Values] : [];
}
