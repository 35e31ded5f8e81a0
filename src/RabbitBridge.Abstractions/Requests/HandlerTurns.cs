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
    private Action? _noneWaits;
    private int _taken;
    private bool _isClosed;

    public bool EndsWithFunction => endsWithFunction;

    /// <summary>How many have a turn, among them those whose answer nobody waits for.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Those of a handler; <see langword="null"/> where it takes what comes.</summary>
    public static HandlerTurns? For(RequestHandlerOptions options, bool isFunction) =>
        options.MaxConcurrency is { } most ? new HandlerTurns(most, options.MaxWaiting, isFunction) : null;

    /// <summary>Takes a turn for a request, which else waits for one, or is refused.</summary>
    /// <param name="request">The request.</param>
    /// <param name="place">Its place among those that wait.</param>
    /// <returns>Whether it may begin now.</returns>
    public bool TryTake(RequestDelivery request, LinkedListNode<RequestDelivery> place)
    {
        lock (_gate)
        {
            // Of a session that is being closed: whoever closes it sees to what is in hand.
            if (_isClosed)
                return false;
            if (_taken < most)
            {
                _taken++;
                return true;
            }

            if (_waiting.Count < mostWaiting)
            {
                _waiting.AddLast(place);
                return false;
            }
        }

        request.Refuse(ErrorReason.Overloaded, $"The handler for '{request.Path}' has {most} requests (MaxConcurrency), and {mostWaiting} wait (MaxWaiting). The request was not executed.");
        return false;
    }

    /// <summary>A request that waited has ended.</summary>
    public void Leave(LinkedListNode<RequestDelivery> place)
    {
        Action? noneWaits;
        lock (_gate)
        {
            if (place.List is null)
                return;
            _waiting.Remove(place);
            noneWaits = TakeNoneWaits();
        }

        noneWaits?.Invoke();
    }

    /// <summary>A turn is over: the next request begins.</summary>
    public void End()
    {
        RequestDelivery? next = null;
        Action? noneWaits = null;
        lock (_gate)
        {
            if (!_isClosed && _waiting.First is { } place)
            {
                next = place.Value;
                _waiting.Remove(place);
                noneWaits = TakeNoneWaits();
            }
            else
            {
                _taken--;
            }
        }

        next?.BeginTurn();
        noneWaits?.Invoke();
    }

    /// <summary>No request begins any more: the session is being closed.</summary>
    public void Close()
    {
        lock (_gate)
            _isClosed = true;
    }

    /// <summary>Calls back when none waits, at once or when the last one of them has begun or ended.</summary>
    public void WhenNoneWaits(Action callback)
    {
        lock (_gate)
        {
            if (!_isClosed && _waiting.Count > 0)
            {
                _noneWaits += callback;
                return;
            }
        }

        callback();
    }

    private Action? TakeNoneWaits()
    {
        if (_waiting.Count > 0)
            return null;
        var callback = _noneWaits;
        _noneWaits = null;
        return callback;
    }
}
