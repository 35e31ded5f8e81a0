using System.Diagnostics;

namespace RabbitBridge.ChaosTests.Load;

/// <summary>Whether every operation has ended as is promised.</summary>
internal sealed class Verdict(IReadOnlyList<Operation> operations, Executions executions)
{
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(100);

    public int Count => operations.Count;

    public int Failed => operations.Count(static each => !each.IsSuccess);

    public IReadOnlyList<Operation> Operations => operations;

    /// <summary>The longest from the start of an operation that was under way at a moment to its end, counted from that moment.</summary>
    public TimeSpan LongestAfter(long moment) => operations
        .Where(each => each.Start < moment && each.End > moment)
        .Select(each => Stopwatch.GetElapsedTime(moment, each.End))
        .DefaultIfEmpty()
        .Max();

    /// <summary>Fails the test with what is not as promised.</summary>
    /// <param name="pause">For how long this process itself stood still.</param>
    /// <param name="messagesMayBeLost">Whether a gateway was lost, with which a message that was handed to it may go.</param>
    public void Check(TimeSpan pause, bool messagesMayBeLost = false)
    {
        List<string> faults = [];
        foreach (var each in operations)
        {
            var executed = executions.Of(each.Id);
            if (each.Outcomes != 1)
                faults.Add($"not one outcome: {each}");
            else if (each.Limit is { } limit && Stopwatch.GetElapsedTime(each.Start, each.End) > limit + Late + pause)
                faults.Add($"too late: {each}");
            if (executed.Any(static count => count > 1) || (each.Kind is OperationKind.Path or OperationKind.Session && executed.Count > 1))
                faults.Add($"executed {executed.Sum()} times by {executed.Count} sessions: {each}");
            if (executed.Count < each.Successes && !(messagesMayBeLost && each.Kind == OperationKind.Message))
                faults.Add($"executed {executed.Count} times only: {each}");
        }

        Assert.True(faults.Count == 0, $"{faults.Count} of {operations.Count}: {string.Join("\n", faults.Take(20))}");
    }

    /// <summary>The errors and how often there were, for people.</summary>
    public override string ToString() => $"{Count} operations, {Failed} with errors: " + string.Join(", ", operations
        .SelectMany(static each => each.Errors.Select(error => $"{each.Kind} {error}"))
        .GroupBy(static each => each)
        .OrderBy(static each => each.Key, StringComparer.Ordinal)
        .Select(static each => $"{each.Count()} {each.Key}"));
}
