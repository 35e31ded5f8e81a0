using System.Diagnostics;

namespace RabbitBridge.Benchmarks.Measuring;

/// <summary>The time in which answers count, in timestamps of <see cref="Stopwatch"/>.</summary>
internal sealed record MeasuredWindow(long From, long Until, int Requests)
{
    public static MeasuredWindow After(TimeSpan warmUp, TimeSpan duration, int? requests)
    {
        var from = Stopwatch.GetTimestamp() + Ticks(warmUp);
        return new MeasuredWindow(from, from + Ticks(duration), requests ?? int.MaxValue);
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
