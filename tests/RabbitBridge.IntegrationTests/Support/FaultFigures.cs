using System.Collections.Concurrent;

namespace RabbitBridge.IntegrationTests;

/// <summary>What calls came to while the network broke, and how long that took.</summary>
internal sealed class FaultFigures
{
    private readonly ConcurrentDictionary<(string Kind, string Outcome), (int Count, string First)> _outcomes = new();
    private readonly ConcurrentQueue<(long Milliseconds, string What)> _late = new();
    private readonly ConcurrentQueue<(long Milliseconds, string What)> _givenUp = new();
    private readonly ConcurrentQueue<(long Milliseconds, string What)> _back = new();
    private readonly ConcurrentQueue<(long Milliseconds, string What)> _answered = new();
    private readonly ConcurrentQueue<(long Milliseconds, string What)> _executed = new();
    private int _rounds;
    private int _twice;

    /// <summary>Notes the one outcome of a call, so many milliseconds after its deadline, or before it.</summary>
    public void Ended(string kind, string outcome, long late, string when)
    {
        _outcomes.AddOrUpdate((kind, outcome), (1, when), (_, former) => former with { Count = former.Count + 1 });
        if (late > 0)
            (kind == "register" ? _givenUp : _late).Enqueue((late, $"{kind} {outcome}, {when}"));
    }

    /// <summary>Notes how long after the last fault all gateways were connected and knew each other.</summary>
    public void Back(long milliseconds, string when)
    {
        Interlocked.Increment(ref _rounds);
        _back.Enqueue((Math.Max(0, milliseconds), when));
    }

    /// <summary>Notes how long after the last fault every kind of call was answered.</summary>
    public void Answered(long milliseconds, string when) => _answered.Enqueue((milliseconds, when));

    /// <summary>Notes that a handler has begun with a request so long after the request's time.</summary>
    public void Executed(string kind, long milliseconds) => _executed.Enqueue((milliseconds, kind));

    /// <summary>Notes a further answer to a plain caller.</summary>
    public void Repeated() => Interlocked.Increment(ref _twice);

    public override string ToString() =>
        $"""
        {_rounds} rounds, {_outcomes.Values.Sum(each => each.Count)} calls.
        Figures: latest outcome {Longest(_late)}.
        Figures: latest registration that is given up {Longest(_givenUp)}.
        Figures: back after {Longest(_back)}.
        Figures: every kind of call answered after {Longest(_answered)}.
        Figures: executed after its time: {_executed.Count} ({string.Join(", ", _executed.CountBy(each => each.What).Select(each => $"{each.Key} {each.Value}"))}), latest {Longest(_executed)}.
        Figures: further answers to plain callers: {_twice}.
        {string.Join('\n', _outcomes.OrderBy(each => each.Key).Select(each => $"Figures: {each.Key.Kind}: {each.Key.Outcome} {each.Value.Count}, first {each.Value.First}"))}
        """;

    private static string Longest(ConcurrentQueue<(long Milliseconds, string What)> of) =>
        of.IsEmpty ? "none" : string.Join("; ", of.OrderByDescending(each => each.Milliseconds).Take(3).Select(each => $"{each.Milliseconds} ms ({each.What})"));
}
