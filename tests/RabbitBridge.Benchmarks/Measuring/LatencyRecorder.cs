using System.Diagnostics;
using HdrHistogram;

namespace RabbitBridge.Benchmarks.Measuring;

/// <summary>
/// The times of one caller. The caller sends its next request when the last one is answered, so that one look at the clock
/// serves for the end of one request and the beginning of the next.
/// </summary>
internal sealed class LatencyRecorder(MeasuredWindow window)
{
    private static readonly long Longest = 60 * Stopwatch.Frequency;
    private long _first;
    private long _last;
    private int _counted;

    /// <summary>How many requests there were altogether, the warm-up included.</summary>
    public int Requests { get; private set; }

    public LongHistogram Histogram { get; } = new(Longest, numberOfSignificantValueDigits: 3);

    /// <summary>Whether the caller shall send another request.</summary>
    public bool Continues => _last < window.Until && _counted < window.Requests;

    /// <summary>From the beginning of the first request that counted to the end of the last one.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_first, _last);

    /// <summary>Called once, before the first request.</summary>
    public void Begin() => _last = Stopwatch.GetTimestamp();

    /// <summary>Called when a request has ended as it should.</summary>
    public void Completed()
    {
        var now = Stopwatch.GetTimestamp();
        Requests++;
        if (now >= window.From && now < window.Until)
        {
            if (_counted++ == 0)
                _first = _last;
            Histogram.RecordValue(now - _last);
        }

        _last = now;
    }
}
