using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;
using RabbitBridge.Messages;
using RabbitBridge.Sessions;

namespace RabbitBridge.Filters;

/// <summary>The filter requests that this gateway's sessions answer at the moment, whoever sent them.</summary>
internal sealed class FilterDispatches(ulong instance, SessionDirectory sessions, TimeoutWheel wheel, Clock clock, ILogger logger)
{
    // Longer than a requester waits before it asks again.
    private const int RememberedMilliseconds = 5000;

    private readonly ConcurrentDictionary<(IFilterSink Sink, long Id), FilterDispatch> _dispatches = new();
    private readonly ConcurrentQueue<(long At, FilterDispatch Dispatch)> _over = new();

    public ulong Instance => instance;

    public Clock Clock => clock;

    public SessionDirectory Sessions => sessions;

    public int Count => _dispatches.Count;

    /// <summary>Takes a filter request. One that has come before is not executed again.</summary>
    public void Start(IFilterSink sink, in RequestEnvelope request)
    {
        var kept = request.Persist();
        var deadline = kept.RemainingMilliseconds == 0 ? 0 : Clock.Now + kept.RemainingMilliseconds;
        var dispatch = new FilterDispatch(this, kept, sink, deadline);
        if (_dispatches.TryAdd((sink, kept.Id), dispatch))
            ThreadPool.UnsafeQueueUserWorkItem(dispatch, preferLocal: false);
        else if (_dispatches.TryGetValue((sink, kept.Id), out var known))
            known.CountAgain();
    }

    public void Credit(IFilterSink sink, long id, int answers)
    {
        if (_dispatches.TryGetValue((sink, id), out var dispatch))
            dispatch.Credit(answers);
    }

    public void Cancel(IFilterSink sink, long id)
    {
        if (_dispatches.TryGetValue((sink, id), out var dispatch))
            dispatch.Cancel();
    }

    /// <summary>Whoever sent them is gone.</summary>
    public void CancelAll(IFilterSink sink)
    {
        foreach (var (key, dispatch) in _dispatches)
        {
            if (key.Sink == sink)
                dispatch.Cancel();
        }
    }

    public void SessionClosed(Session session)
    {
        foreach (var (_, dispatch) in _dispatches)
        {
            if (!dispatch.IsOver)
                dispatch.SessionClosed(session);
        }
    }

    /// <summary>Forgets what is over for a while. Called at intervals.</summary>
    public void Tick()
    {
        while (_over.TryPeek(out var oldest) && Clock.Now - oldest.At > RememberedMilliseconds && _over.TryDequeue(out oldest))
            _dispatches.TryRemove((oldest.Dispatch.Sink, oldest.Dispatch.Id), out _);
    }

    public void DispatchFailed(Exception exception) => Log.DispatchFailed(logger, exception);

    public void Wake(FilterDispatch dispatch, long at)
    {
        wheel.Remove(dispatch);
        wheel.Add(dispatch, at);
    }

    public void Ended(FilterDispatch dispatch)
    {
        wheel.Remove(dispatch);
        _over.Enqueue((Clock.Now, dispatch));
    }
}
