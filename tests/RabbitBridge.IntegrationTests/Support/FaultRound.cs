namespace RabbitBridge.IntegrationTests;

/// <summary>A fault at one frame of a sequence of calls, and another one so many frames later.</summary>
internal sealed record FaultRound(int Place, NetworkFault First, int Later, NetworkFault Second)
{
    private static readonly NetworkFault[] Faults = NetworkFault.In(FaultScope.Publish, FaultScope.Consume, FaultScope.Control, FaultScope.All);

    /// <summary>
    /// How long each call of the round may take: some are over before what the network delays has come, and by more than the slack
    /// that <see cref="Executions"/> allows.
    /// </summary>
    public TimeSpan Timeout => TimeSpan.FromMilliseconds(Place % 2 == 0 ? 200 : 2000);

    /// <summary>All faults of a kind at all places.</summary>
    public static IEnumerable<FaultRound> All(int frames, FaultKind kind) =>
        from place in Enumerable.Range(1, frames)
        from fault in Faults
        where fault.Kind == kind
        select At(place, frames, fault);

    /// <summary>One fault at every seventh place; each day has other places, and others of the faults at them.</summary>
    public static IEnumerable<FaultRound> OfDay(int frames, int day)
    {
        for (int place = 1 + day % 7, number = day / 7; place <= frames; place += 7, number++)
            yield return At(place, frames, Faults[number % Faults.Length]);
    }

    public override string ToString() => $"{First} at frame {Place}, {Second} {Later} frames later, {Timeout.TotalMilliseconds} ms";

    private static FaultRound At(int place, int frames, NetworkFault fault)
    {
        // Any, but the same ones each time.
        var random = new Random(place * Faults.Length + Array.IndexOf(Faults, fault));
        return new FaultRound(place, fault, random.Next(1, frames), Faults[random.Next(Faults.Length)]);
    }
}
