using RabbitBridge.Benchmarks.Control;

namespace RabbitBridge.Benchmarks.Measuring;

/// <summary>The memory of this process.</summary>
internal static class ProcessMemory
{
    public static MemoryTold Measure()
    {
        Collect();
        GC.WaitForPendingFinalizers();
        Collect();
        return new MemoryTold(GC.GetTotalMemory(forceFullCollection: false), Environment.WorkingSet);
    }

    // Aggressive: what is free goes back to the system, or the resident set would tell of the past.
    private static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
