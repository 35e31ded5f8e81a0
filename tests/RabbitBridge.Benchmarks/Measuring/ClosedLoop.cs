using System.Diagnostics;
using HdrHistogram;
using RabbitBridge.Benchmarks.Callers;
using RabbitBridge.Benchmarks.Control;

namespace RabbitBridge.Benchmarks.Measuring;

/// <summary>Runs callers, each of which has one request under way at any time.</summary>
internal static class ClosedLoop
{
    // Longer than any request may take: a raw caller has no timeout, and would wait for a lost answer for ever.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    public static async Task<Measured> RunAsync(ICaller caller, Measure order, CancellationToken cancellationToken)
    {
        var body = new byte[order.PayloadBytes];
        Random.Shared.NextBytes(body);
        var window = MeasuredWindow.After(order.WarmUp, order.Duration, order.Requests);
        var recorders = Enumerable.Range(0, order.Callers).Select(_ => new LatencyRecorder(window)).ToArray();
        var callers = Task.WhenAll(recorders.Select((recorder, index) => Task.Run(
            () =>
            {
                recorder.Begin();
                return caller.RunAsync(index, body, recorder);
            },
            cancellationToken)));
        await callers.WaitAsync(order.WarmUp + order.Duration + Grace, cancellationToken).ConfigureAwait(false);

        var starved = recorders.Count(recorder => recorder.Histogram.TotalCount == 0);
        var all = recorders[0].Histogram;
        foreach (var recorder in recorders.AsSpan(1))
            all.Add(recorder.Histogram);
        var seconds = order.Requests is null ? order.Duration.TotalSeconds : recorders[0].Elapsed.TotalSeconds;
        return new Measured(all.TotalCount, all.TotalCount / seconds, Microseconds(all, 50), Microseconds(all, 99), starved, recorders.Sum(recorder => (long)recorder.Requests));
    }

    private static double Microseconds(LongHistogram histogram, double percentile) =>
        histogram.GetValueAtPercentile(percentile) * 1_000_000.0 / Stopwatch.Frequency;
}
