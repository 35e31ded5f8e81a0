using RabbitBridge.Benchmarks.Scenarios;

namespace RabbitBridge.Benchmarks.Measuring;

/// <summary>What a subject reached with so many callers: the medians of its rounds.</summary>
internal sealed record Result(Scenario Scenario, string Subject, int Callers, IReadOnlyList<Round> Rounds)
{
    public double PerSecond => Median(round => round.Measured.PerSecond);

    public double P50Microseconds => Median(round => round.Measured.P50Microseconds);

    public double P99Microseconds => Median(round => round.Measured.P99Microseconds);

    public double ClientMicroseconds => Median(round => round.ClientMicroseconds);

    public double? BrokerMicroseconds => Rounds[0].BrokerMicroseconds is null ? null : Median(round => round.BrokerMicroseconds!.Value);

    public double? Messages => Rounds[0].Messages is null ? null : Median(round => round.Messages!.Value);

    /// <summary>The most that the answering process had while it had nothing to do.</summary>
    public long? IdleBytes => Rounds.Max(round => round.IdleBytes);

    public TimeSpan CallerStart => Rounds[0].CallerStart;

    private double Median(Func<Round, double> value)
    {
        var sorted = Rounds.Select(value).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
