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

    /// <summary>How many requests are measured; <see langword="null"/> for as many as fit in the time.</summary>
    public int? Requests { get; init; }
}
