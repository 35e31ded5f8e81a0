using RabbitBridge.Benchmarks.Measuring;

namespace RabbitBridge.Benchmarks.Callers;

/// <summary>Sends requests. Each kind has its own loop, so that nothing stands between the loop and what is measured.</summary>
internal interface ICaller : IAsyncDisposable
{
    /// <summary>Sends requests, one at a time, for as long as the recorder wants them.</summary>
    Task RunAsync(int index, ReadOnlyMemory<byte> body, LatencyRecorder recorder);
}
