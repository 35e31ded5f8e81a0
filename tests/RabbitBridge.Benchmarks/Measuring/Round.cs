using RabbitBridge.Benchmarks.Control;

namespace RabbitBridge.Benchmarks.Measuring;

/// <summary>What one round measured. Processor times are per request; the broker's is not known where its process is not seen.</summary>
internal sealed record Round(Measured Measured, double ClientMicroseconds, double? BrokerMicroseconds)
{
    /// <summary>The messages that the broker received for each request; <see langword="null"/> where nobody counted.</summary>
    public double? Messages { get; init; }

    /// <summary>The memory of the answering process before the round; <see langword="null"/> where nobody looked.</summary>
    public long? IdleBytes { get; init; }

    /// <summary>How long the calling process took to be ready.</summary>
    public TimeSpan CallerStart { get; init; }
}
