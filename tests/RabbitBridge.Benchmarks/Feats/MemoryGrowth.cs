namespace RabbitBridge.Benchmarks.Feats;

/// <summary>How much more memory a process has than it had before, in MiB.</summary>
/// <param name="Process">Which one.</param>
/// <param name="Heap">On the garbage collector's heap, without garbage.</param>
/// <param name="Resident">In the whole process, without garbage.</param>
/// <param name="Peak">In the whole process, at the worst moment between.</param>
internal sealed record MemoryGrowth(string Process, double Heap, double Resident, double Peak);
