namespace RabbitBridge.Fabric;

/// <summary>The requests that came here one way, over a link or from plain callers, and are not answered: to be found by whoever ends them.</summary>
/// <param name="comesSingly">Whether requests come one by one, and no other thread is at work for them.</param>
internal sealed class RequestsInHand(bool comesSingly = false)
{
    private readonly Dictionary<long, IRequestInHand> _byId = [];
    private readonly Lock _gate = new();
    private int _count;
    private bool _hasEnded;

    /// <summary>How many there are, but for those to many.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether the thread that brings a request is best used to handle it.</summary>
    public bool IsQuiet => comesSingly || Count == 0;

    /// <summary>Takes in a request, which is abandoned if the way is closed.</summary>
    public void Add(IRequestInHand request)
    {
        lock (_gate)
        {
            if (!_hasEnded)
            {
                Forget(request.OriginId);
                _byId[request.OriginId] = request;
                _count += request.IsToMany ? 0 : 1;
                return;
            }
        }

        request.Abandon();
    }

    public void Remove(IRequestInHand request)
    {
        lock (_gate)
        {
            // Delivered again by the broker, another one may have its number.
            if (_byId.TryGetValue(request.OriginId, out var known) && known == request)
                Forget(request.OriginId);
        }
    }

    public bool Contains(long id)
    {
        lock (_gate)
            return _byId.ContainsKey(id);
    }

    public void Cancel(long id)
    {
        IRequestInHand? request;
        lock (_gate)
            _byId.TryGetValue(id, out request);
        request?.Abandon();
    }

    public void CancelAll()
    {
        // Those that wait for a turn first: the end of another one must not be it.
        foreach (var request in All().OrderByDescending(static request => request.IsWaiting))
            request.Abandon();
    }

    /// <summary>Nobody waits at the other end any more, and nobody ever will.</summary>
    public void End()
    {
        lock (_gate)
            _hasEnded = true;
        CancelAll();
    }

    private void Forget(long id)
    {
        if (_byId.Remove(id, out var former) && !former.IsToMany)
            _count--;
    }

    /// <summary>The requests that are in hand at the moment.</summary>
    public IRequestInHand[] All()
    {
        lock (_gate)
            return [.. _byId.Values];
    }
}
