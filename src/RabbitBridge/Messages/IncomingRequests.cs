namespace RabbitBridge.Messages;

/// <summary>The requests that came over one link and are being handled, so that they can be cancelled.</summary>
internal sealed class IncomingRequests
{
    private readonly Dictionary<long, IncomingRequest> _byId = [];
    private readonly Lock _gate = new();
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add(IncomingRequest request)
    {
        lock (_gate)
        {
            _byId[request.Id] = request;
            _count = _byId.Count;
        }
    }

    public void Remove(IncomingRequest request)
    {
        lock (_gate)
        {
            // Delivered again by the broker, another one may have its number.
            if (_byId.TryGetValue(request.Id, out var known) && known == request)
                _byId.Remove(request.Id);
            _count = _byId.Count;
        }
    }

    public bool Contains(long id)
    {
        lock (_gate)
            return _byId.ContainsKey(id);
    }

    public void Cancel(long id)
    {
        IncomingRequest? request;
        lock (_gate)
            _byId.TryGetValue(id, out request);
        request?.Abandon();
    }

    public void CancelAll()
    {
        foreach (var request in All())
            request.Abandon();
    }

    /// <summary>The requests that are being handled at the moment.</summary>
    public IncomingRequest[] All()
    {
        lock (_gate)
            return [.. _byId.Values];
    }
}
