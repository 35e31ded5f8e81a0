using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;
using RabbitBridge.Sessions;

namespace RabbitBridge.Filters;

/// <summary>The filter requests that this gateway's sessions answer at the moment, whoever sent them.</summary>
internal sealed class FilterDispatches(ulong instance, SessionDirectory sessions, TimeoutWheel wheel, Clock clock, ILogger logger)
{
    // Longer than a requester waits before it asks again.
    private const int RememberedMilliseconds = 5000;

    // A broker that blocks publishers may hold one of two copies back for as long as the request's time, and let it go when both gateways have
    // lost and found each other again; and a requester that does not get its count asks again for as long (D23).
    private const int SeenMilliseconds = 60_000;

    // Of a request without limit, or with one that nobody waits for.
    private const int LongestSeenMilliseconds = 3_600_000;

    private readonly ConcurrentDictionary<(IFilterSink Sink, long Id), FilterDispatch> _dispatches = new();
    private readonly ConcurrentQueue<(long At, FilterDispatch Dispatch)> _over = new();
    private readonly ConcurrentDictionary<(ulong Gateway, long Id), bool> _seen = new();
    private readonly ConcurrentQueue<(long LookAt, long Until, ulong Gateway, long Id)> _seenSince = new();

    public ulong Instance => instance;

    public Clock Clock => clock;

    public SessionDirectory Sessions => sessions;

    public int Count => _dispatches.Count;

    /// <summary>Takes a filter request. One that has come before is not executed again.</summary>
    public void Start(IFilterSink sink, in RequestEnvelope request)
    {
        var kept = request.Persist();
        var deadline = Clock.DeadlineIn(kept.RemainingMilliseconds);
        var dispatch = new FilterDispatch(this, kept, sink, deadline);
        if (_dispatches.GetOrAdd((sink, kept.Id), dispatch) is var known && known != dispatch)
        {
            known.CountAgain();
        }
        else if (IsFirst(kept))
        {
            ThreadPool.UnsafeQueueUserWorkItem(dispatch, preferLocal: false);
        }
        else
        {
            _dispatches.TryRemove((sink, kept.Id), out _);
            sink.Count(new FilterCount(
                kept.Id, instance, [], Error: ErrorReason.CommunicationFailure, ErrorMessage: "The gateways lost each other while the request was under way; whether it was executed is not known."));
        }
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
        var now = Clock.Now;
        while (_seenSince.TryPeek(out var first) && now > first.LookAt && _seenSince.TryDequeue(out first))
        {
            if (now > first.Until)
                _seen.TryRemove((first.Gateway, first.Id), out _);
            else
                _seenSince.Enqueue(first with { LookAt = now + SeenMilliseconds });
        }

        while (_over.TryPeek(out var oldest) && Clock.Now - oldest.At > RememberedMilliseconds && _over.TryDequeue(out oldest))
            _dispatches.TryRemove((oldest.Dispatch.Sink, oldest.Dispatch.Id), out _);
    }

    // A gateway's numbers are its own, over all its links; plain clients have none.
    private bool IsFirst(in RequestEnvelope request)
    {
        if (request.Sender == default)
            return true;
        if (!_seen.TryAdd((request.Sender.Gateway, request.Id), true))
            return false;
        var (now, time) = (Clock.Now, request.RemainingMilliseconds == 0 ? LongestSeenMilliseconds : request.RemainingMilliseconds);
        _seenSince.Enqueue((now + SeenMilliseconds, now + Math.Clamp(time, SeenMilliseconds, LongestSeenMilliseconds), request.Sender.Gateway, request.Id));
        return true;
    }

    public void DispatchFailed(Exception exception) => Log.DispatchFailed(logger, exception);

    public void Wake(FilterDispatch dispatch, long at) => wheel.Add(dispatch, at);

    public void Ended(FilterDispatch dispatch)
    {
        wheel.Remove(dispatch);
        _over.Enqueue((Clock.Now, dispatch));
    }
}
