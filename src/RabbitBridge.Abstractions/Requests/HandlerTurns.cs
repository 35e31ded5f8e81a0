namespace RabbitBridge;

/// <summary>Gives a handler so many requests at once; others wait for their turn, the oldest first.</summary>
/// <param name="most">How many have a turn.</param>
/// <param name="mostWaiting">How many wait.</param>
/// <param name="endsWithFunction">
/// Whether a turn lasts until the handler has ended, even if nobody waits for its answer: that of a function, whose end is known. What a callback does with
/// a request after that cannot be known.
/// </param>
internal sealed class HandlerTurns(int most, int mostWaiting, bool endsWithFunction)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<RequestDelivery> _waiting = new();
    // Those that came while the session was being closed.
    private readonly List<RequestDelivery> _held = [];
    private Action? _noneWaits;
    private int _taken;
    private int _beginning;
    private bool _isClosed;
    private bool _isOver;

    public bool EndsWithFunction => endsWithFunction;

    /// <summary>How many requests there are, among them those whose answer nobody waits for any more.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _taken + _waiting.Count;
        }
    }

    /// <summary>Those of a handler; <see langword="null"/> where it takes what comes.</summary>
    public static HandlerTurns? For(RequestHandlerOptions options, bool isFunction) =>
        options.MaxConcurrency is { } most ? new HandlerTurns(most, options.MaxWaiting, isFunction) : null;

    /// <summary>Takes a turn for a request, which else waits for one, or is refused.</summary>
    /// <param name="request">The request.</param>
    /// <param name="place">Its place among those that wait.</param>
    /// <returns>Whether it may begin now.</returns>
    public bool TryTake(RequestDelivery request, LinkedListNode<RequestDelivery> place)
    {
        bool isOver;
        lock (_gate)
        {
            if (_isClosed && !_isOver)
            {
                _held.Add(request);
                return false;
            }

            if (!_isClosed && _taken < most)
            {
                _taken++;
                return true;
            }

            if (!_isClosed && _waiting.Count < mostWaiting)
            {
                _waiting.AddLast(place);
                return false;
            }

            isOver = _isOver;
        }

        if (isOver)
            RefuseClosed(request);
        else
            request.Refuse(ErrorReason.Overloaded, $"The handler for '{request.Path}' has {most} requests (MaxConcurrency), and {mostWaiting} wait (MaxWaiting). The request was not executed.");
        return false;
    }

    /// <summary>A request that waited has ended.</summary>
    public void Leave(LinkedListNode<RequestDelivery> place)
    {
        lock (_gate)
        {
            if (place.List is null)
                return;
            _waiting.Remove(place);
            TellIfNoneWaits();
        }
    }

    /// <summary>A turn is over: the next request begins.</summary>
    public void End()
    {
        RequestDelivery next;
        lock (_gate)
        {
            if (_isClosed || _waiting.First is not { } place)
            {
                _taken--;
                return;
            }

            next = place.Value;
            _waiting.Remove(place);
            _beginning++;
        }

        next.BeginTurn();
    }

    /// <summary>A request that had waited has begun, or has ended before.</summary>
    public void Begun()
    {
        lock (_gate)
        {
            _beginning--;
            TellIfNoneWaits();
        }
    }

    /// <summary>No request begins any more: the session is being closed, and whoever closes it ends what is in hand.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            TellIfNoneWaits();
        }
    }

    /// <summary>Those who closed the session have ended what was in hand: what came meanwhile is refused, as is what comes still.</summary>
    public void Over()
    {
        RequestDelivery[] held;
        lock (_gate)
        {
            _isOver = true;
            held = [.. _held];
            _held.Clear();
        }

        foreach (var request in held)
            RefuseClosed(request);
    }

    /// <summary>Calls back when none waits: at once, or elsewhere when the last one of them has begun or ended.</summary>
    public void WhenNoneWaits(Action callback)
    {
        lock (_gate)
        {
            if (!_isClosed && _waiting.Count + _beginning > 0)
            {
                _noneWaits += callback;
                return;
            }
        }

        callback();
    }

    private static void RefuseClosed(RequestDelivery request) => request.Refuse(ErrorReason.SessionClosed, $"The session that handles '{request.Path}' was closed. The request was not executed.");

    // Called with the lock held. On the pool: it is the application's code.
    private void TellIfNoneWaits()
    {
        if (_noneWaits is null || (!_isClosed && _waiting.Count + _beginning > 0))
            return;
        ThreadPool.UnsafeQueueUserWorkItem(static callback => callback(), _noneWaits, preferLocal: false);
        _noneWaits = null;
    }
}
