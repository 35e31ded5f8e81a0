using RabbitBridge.Benchmarks.Control;

namespace RabbitBridge.Benchmarks.Measuring;

/// <summary>What one round measured. Processor times are per request; the broker's is not known where its process is not seen.</summary>
internal sealed record Round(Measured Measured, double ClientMicroseconds, double? BrokerMicroseconds)
{
    /// <summary>The messages that the broker received for each request; <see langword="null"/> where nobody counted.</summary>
    public double? Messages { get; init; }
}
