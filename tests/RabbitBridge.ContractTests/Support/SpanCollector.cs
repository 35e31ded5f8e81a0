using System.Collections.Concurrent;
using System.Diagnostics;

namespace RabbitBridge.ContractTests;

/// <summary>Begins a trace, and collects RabbitBridge's spans of it and of no other one.</summary>
public sealed class SpanCollector : IDisposable
{
    private readonly ConcurrentDictionary<ActivitySpanId, Activity> _started = new();
    private readonly ActivityListener _listener;
    private readonly Activity _caller = new("caller");

    private SpanCollector()
    {
        _caller.SetIdFormat(ActivityIdFormat.W3C).Start();
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is "RabbitBridge" or "RabbitBridge.Client",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent.TraceId == _caller.TraceId ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStarted = activity => _started[activity.SpanId] = activity,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The span of the test itself, which is the current one from the start.</summary>
    public Activity Caller => _caller;

    public IReadOnlyList<Activity> Spans => [.. _started.Values];

    public static SpanCollector Start() => new();

    /// <summary>Waits until so many spans have begun and all of them have ended.</summary>
    public Task EndedAsync(int count) => Eventually.TrueAsync(
        () => _started.Count == count && _started.Values.All(span => span.IsStopped),
        $"{count} spans have ended");

    /// <summary>A span and those that it is in, from the inside to the last that is RabbitBridge's.</summary>
    public IReadOnlyList<Activity> Chain(ActivitySpanId innermost)
    {
        var chain = new List<Activity>();
        for (var id = innermost; _started.TryGetValue(id, out var span); id = span.ParentSpanId)
            chain.Add(span);
        return chain;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _caller.Dispose();
    }
}
