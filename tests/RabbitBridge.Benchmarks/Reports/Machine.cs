using System.Globalization;
using System.Runtime.InteropServices;

namespace RabbitBridge.Benchmarks.Reports;

internal static class Machine
{
    private const string ProcessorFile = "/proc/cpuinfo";
    private const string LoadFile = "/proc/loadavg";

    /// <summary>The machine in one line; figures without it say nothing, and little if others use it.</summary>
    public static string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} x {Processor()}, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1_073_741_824.0:0.#} GiB, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {Load()}");

    private static string Load() => File.Exists(LoadFile)
        ? $"load average {File.ReadAllText(LoadFile).Split(' ')[0]} at the start"
        : "load not known";

    private static string Processor()
    {
        var model = File.Exists(ProcessorFile)
            ? File.ReadLines(ProcessorFile).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return model?[(model.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
