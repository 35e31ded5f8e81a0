namespace RabbitBridge.Messages;

/// <summary>The requests that came over one link and are being handled, so that they can be cancelled.</summary>
internal sealed class IncomingRequests
{
    private readonly Dictionary<long, IncomingRequest> _byId = [];
    private readonly Lock _gate = new();

    public int Count
    {
        get
        {
            lock (_gate)
                return _byId.Count;
        }
    }

    public void Add(IncomingRequest request)
    {
        lock (_gate)
            _byId[request.Id] = request;
    }

    public void Remove(IncomingRequest request)
    {
        lock (_gate)
            _byId.Remove(request.Id);
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
        IncomingRequest[] all;
        lock (_gate)
            all = [.. _byId.Values];
        foreach (var request in all)
            request.Abandon();
    }
}
