namespace RabbitBridge.Benchmarks.Control;

/// <summary>The process's memory without its garbage.</summary>
/// <param name="HeapBytes">What the garbage collector's heap holds.</param>
/// <param name="ResidentBytes">What the whole process has.</param>
internal sealed record MemoryTold(long HeapBytes, long ResidentBytes) : WorkerEvent;
