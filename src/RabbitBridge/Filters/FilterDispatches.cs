using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;

namespace RabbitBridge.Filters;

/// <summary>The filter requests that this gateway's sessions answer at the moment, whoever sent them.</summary>
internal sealed class FilterDispatches(ulong instance, SessionDirectory sessions, TimeoutWheel wheel, Clock clock, long maxHeldBytes, Telemetry telemetry, ILogger logger)
{
    /// <summary>What is told of an answer for which there is no room.</summary>
    public const string NoRoom = "As many answers wait at the gateway, for those who sent filter requests to take up others, as may.";

    // Longer than a requester waits before it asks again.
    private const int RememberedMilliseconds = 5000;

    // A broker that blocks publishers may hold one of two copies back for as long as the request's time, and let it go when both gateways have
    // lost and found each other again; and a requester that does not get its count asks again for as long (D23).
    private const int SeenMilliseconds = 60_000;

    // Of a request without limit, or with one that nobody waits for.
    private const int LongestSeenMilliseconds = 3_600_000;

    // Beyond that the oldest go, and what a broker has held back for as long may be executed once more: a flood must not fill the memory.
    private const int MostSeen = 500_000;

    private readonly ConcurrentDictionary<(IFilterSink Sink, long Id), FilterDispatch> _dispatches = new();
    private readonly ConcurrentQueue<(long At, FilterDispatch Dispatch)> _over = new();
    private readonly ConcurrentDictionary<(ulong Gateway, long Id), bool> _seen = new();
    private readonly ConcurrentQueue<(long LookAt, long Until, ulong Gateway, long Id)> _seenSince = new();

    public ulong Instance => instance;

    public Clock Clock => clock;

    public SessionDirectory Sessions => sessions;

    public int Count => _dispatches.Count;

    /// <summary>The answers that wait for their requesters.</summary>
    public HeldAnswers Held { get; } = new(maxHeldBytes);

    /// <summary>Takes a filter request. One that has come before is not executed again.</summary>
    /// <param name="sink">Takes the number of sessions, and the answers.</param>
    /// <param name="inHand">Where the request is found when nobody waits for it any more.</param>
    /// <param name="request">The request.</param>
    public void Start(IFilterSink sink, RequestsInHand inHand, in RequestEnvelope request)
    {
        var kept = request.Persist();
        var deadline = Clock.DeadlineIn(kept.RemainingMilliseconds);
        var dispatch = new FilterDispatch(this, inHand, kept, sink, deadline);
        if (_dispatches.GetOrAdd((sink, kept.Id), dispatch) is var known && known != dispatch)
        {
            known.CountAgain();
        }
        else if (IsFirst(kept))
        {
            inHand.Add(dispatch);
            ThreadPool.UnsafeQueueUserWorkItem(dispatch, preferLocal: false);
        }
        else
        {
            _dispatches.TryRemove((sink, kept.Id), out _);
            sink.Count(new FilterCount(
                kept.Id, instance, [], Error: ErrorReason.CommunicationFailure, ErrorMessage: "The gateways lost each other while the request was under way; whether it was executed is not known."));
        }
    }

    /// <summary>A requester has taken up so many answers in all.</summary>
    public void Credit(IFilterSink sink, long id, int answers)
    {
        if (_dispatches.TryGetValue((sink, id), out var dispatch))
            dispatch.Credit(answers);
    }

    /// <summary>A requester has taken up one more answer.</summary>
    public void CreditOne(IFilterSink sink, long id)
    {
        if (_dispatches.TryGetValue((sink, id), out var dispatch))
            dispatch.CreditOne();
    }

    /// <summary>Forgets what is over for a while. Called at intervals.</summary>
    public void Tick()
    {
        var now = Clock.Now;
        while (_seenSince.TryPeek(out var first) && (now > first.LookAt || _seenSince.Count > MostSeen) && _seenSince.TryDequeue(out first))
        {
            if (now > first.Until || _seenSince.Count >= MostSeen)
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

    /// <summary>Nobody waits any more for answers that were held.</summary>
    public void GiveUp(IReadOnlyCollection<ResponseEnvelope> held)
    {
        foreach (var answer in held)
        {
            Held.GiveBack(HeldAnswers.SizeOf(answer));
            Late();
        }
    }

    public void Late() => telemetry.LateResponse();

    public void DispatchFailed(Exception exception) => Log.DispatchFailed(logger, exception);

    public void Wake(FilterDispatch dispatch, long at) => wheel.Add(dispatch, at);

    public void Ended(FilterDispatch dispatch)
    {
        wheel.Remove(dispatch);
        _over.Enqueue((Clock.Now, dispatch));
    }
}
