using System.Collections.Concurrent;

namespace RabbitBridge.IntegrationTests;

/// <summary>What handlers execute, and whether they may.</summary>
internal sealed class Executions(FaultFigures figures)
{
    // Of the two looks at the same clock, of the wheel of timeouts, and of a machine that has other work between a gateway's look and the handler's.
    // Less than by how much a delay outlasts the short calls' time, or nothing would be found: see FaultRound.Timeout.
    private const int ToleranceMilliseconds = 300;

    private readonly ConcurrentDictionary<string, (string Kind, long Deadline, CallRules Rules)> _expected = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Id, string Where), bool> _seen = new();
    private int _last;

    /// <summary>Everything that must not happen and did.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    /// <summary>Makes a new request known.</summary>
    /// <param name="kind">What kind of request it is.</param>
    /// <param name="timeout">The time that it has from now on.</param>
    /// <param name="rules">What may become of it.</param>
    public (string Id, long Deadline) Expect(string kind, TimeSpan timeout, CallRules rules)
    {
        var id = $"{kind}-{Interlocked.Increment(ref _last)}";
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        _expected[id] = (kind, deadline, rules);
        return (id, deadline);
    }

    /// <summary>Notes that a handler has begun with a request.</summary>
    public void Note(string id, string where)
    {
        var now = Environment.TickCount64;
        if (!_expected.TryGetValue(id, out var expected))
        {
            Faults.Enqueue($"'{id}' has never been sent");
            return;
        }

        var late = now - expected.Deadline - ToleranceMilliseconds;
        if (late > 0)
            figures.Executed(expected.Kind, late + ToleranceMilliseconds);
        // Both faults of a round may be delays.
        if (late > (expected.Rules.HasFlag(CallRules.IgnoresTransit) ? 2 * AmqpProxy.Delay.TotalMilliseconds : 0))
            Faults.Enqueue($"'{id}' is executed {late + ToleranceMilliseconds} ms after its time");
        if (!_seen.TryAdd((id, where), true) && !expected.Rules.HasFlag(CallRules.Repeats))
            Faults.Enqueue($"'{id}' is executed twice at {where}");
    }
}
