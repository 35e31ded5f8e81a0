using System.Diagnostics;

namespace RabbitBridge.ChaosTests.Load;

/// <summary>One thing that a session has asked, and what it was told became of it.</summary>
internal sealed class Operation(string id, OperationKind kind, TimeSpan? limit)
{
    private int _outcomes;

    public string Id => id;

    public OperationKind Kind => kind;

    /// <summary>When it must have ended, after its start.</summary>
    public TimeSpan? Limit => limit;

    public long Start { get; } = Stopwatch.GetTimestamp();

    public long End { get; private set; }

    /// <summary>How often it has ended: once, if all is well.</summary>
    public int Outcomes => Volatile.Read(ref _outcomes);

    /// <summary>How many sessions have executed it, by what the sender was told.</summary>
    public int Successes { get; private set; }

    /// <summary>The errors' names; none if all went well.</summary>
    public IReadOnlyList<string> Errors { get; private set; } = [];

    public bool IsSuccess => Outcomes == 1 && Errors.Count == 0;

    public void Ended(int successes, IReadOnlyList<string> errors)
    {
        (End, Successes, Errors) = (Stopwatch.GetTimestamp(), successes, errors);
        Interlocked.Increment(ref _outcomes);
    }

    public override string ToString() =>
        $"{Kind} {Id}: {Outcomes} outcomes, {Successes} successes, errors [{string.Join(", ", Errors)}] after {Stopwatch.GetElapsedTime(Start, End == 0 ? Stopwatch.GetTimestamp() : End).TotalMilliseconds:N0} ms";
}
