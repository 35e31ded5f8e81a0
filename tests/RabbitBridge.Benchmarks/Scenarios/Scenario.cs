namespace RabbitBridge.Benchmarks.Scenarios;

/// <summary>Something to measure.</summary>
/// <param name="Name">Its name on the command line and in the results.</param>
/// <param name="Summary">What it is, for people.</param>
/// <param name="Callers">The numbers of callers, measured one after the other.</param>
/// <param name="Subjects">What is compared; each round measures all of them.</param>
internal sealed record Scenario(string Name, string Summary, IReadOnlyList<int> Callers, IReadOnlyList<Subject> Subjects)
{
    /// <summary>The size of the bodies, there and back.</summary>
    public int PayloadBytes { get; init; } = 100;

    /// <summary>
    /// How many requests are measured; <see langword="null"/> for as many as fit in the time. So few are soon over: such a
    /// scenario has more rounds and shorter pauses, or a moment in which the machine is busy decides.
    /// </summary>
    public int? Requests { get; init; }

    /// <summary>Whether the messages are counted that the broker receives. It takes the broker a second, and its processor.</summary>
    public bool CountsMessages { get; init; }

    /// <summary>Whether the memory of the answering process is measured before each round, while it has nothing to do.</summary>
    public bool MeasuresMemory { get; init; }

    /// <summary>How many times more rounds it has than asked for.</summary>
    public int RoundsFactor => Requests is null ? 1 : 5;

    /// <summary>How many times longer than asked for the first round is waited for: its code is compiled, in several steps.</summary>
    public int FirstWarmUpFactor { get; init; } = 3;

    /// <summary>The time before a measurement, given what is asked for.</summary>
    public TimeSpan WarmUp(TimeSpan asked, int round) => round switch
    {
        1 => asked * FirstWarmUpFactor,
        _ => Requests is null ? asked : asked / 10,
    };
}
