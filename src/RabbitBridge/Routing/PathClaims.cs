using RabbitBridge.Calls;
using RabbitBridge.Fabric;

namespace RabbitBridge.Routing;

/// <summary>
/// Sees to it that a path has either handlers or one service, in the whole fabric and at every moment: two queues that are bound for one path would
/// each get every request of plain callers. A service is claimed before it is bound. Each gateway that hears of a claim says at once whether it
/// objects, and what it does not object to it takes no handler for until the claim is gone; so of two that come at the same moment one is refused,
/// and both agree on which.
/// </summary>
/// <remarks>
/// The rule: whoever is here when the claim is heard of stays, be it a handler that is being registered or has not been unbound yet, or a service that is
/// settled. Of two claims that meet that of the gateway with the lower number stays.
/// </remarks>
internal sealed class PathClaims(ulong instance)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<MessagePath, HashSet<IBranchHandler>> _handlers = [];
    private readonly Dictionary<MessagePath, OwnClaim> _own = [];
    private readonly Dictionary<MessagePath, Dictionary<ulong, ServiceRoute>> _others = [];

    /// <summary>Takes in a handler of this gateway, from before it is bound.</summary>
    /// <returns>The service that has the path, and its gateway, this one or another: the handler is not taken in. <see langword="null"/> if none has.</returns>
    public (ServiceRoute Service, ulong Gateway)? AddHandler(IBranchHandler handler)
    {
        lock (_gate)
        {
            if (_own.TryGetValue(handler.Branch, out var own))
                return (own.Route, instance);
            if (_others.TryGetValue(handler.Branch, out var others) && others.First() is var (other, service))
                return (service, other);
            if (!_handlers.TryGetValue(handler.Branch, out var handlers))
                _handlers[handler.Branch] = handlers = [];
            handlers.Add(handler);
            return null;
        }
    }

    /// <summary>Whether a handler was taken in, and is not gone yet.</summary>
    public bool HasHandler(IBranchHandler handler)
    {
        lock (_gate)
            return _handlers.TryGetValue(handler.Branch, out var handlers) && handlers.Contains(handler);
    }

    /// <summary>A handler is gone, and unbound if it was the last.</summary>
    public void RemoveHandler(IBranchHandler handler)
    {
        lock (_gate)
        {
            if (_handlers.TryGetValue(handler.Branch, out var handlers) && handlers.Remove(handler) && handlers.Count == 0)
                _handlers.Remove(handler.Branch);
        }
    }

    /// <summary>Claims a path for a service of this gateway, before the others are told.</summary>
    /// <returns>Whether nothing is known that excludes it.</returns>
    public bool TryClaim(MessagePath path, ServiceRoute route)
    {
        lock (_gate)
        {
            if (_handlers.ContainsKey(path) || (_others.TryGetValue(path, out var others) && others.Values.Any(other => other != route)))
                return false;
            _own[path] = new OwnClaim(route);
            return true;
        }
    }

    /// <summary>Settles a claim to which no other gateway has objected.</summary>
    public void Settle(MessagePath path)
    {
        lock (_gate)
            _own[path].IsSettled = true;
    }

    /// <summary>The service is gone, or has never come.</summary>
    public void Release(MessagePath path)
    {
        lock (_gate)
            _own.Remove(path);
    }

    /// <summary>Another gateway claims a path for a service, or has it.</summary>
    /// <returns>Whether this gateway objects.</returns>
    public bool Hear(MessagePath path, ulong other, ServiceRoute route)
    {
        lock (_gate)
        {
            if (!_others.TryGetValue(path, out var others))
                _others[path] = others = [];
            others[other] = route;
            if (_handlers.ContainsKey(path))
                return true;
            // A claim of this gateway that does not object is objected to by the other one, which has claimed before it has heard of it.
            return _own.TryGetValue(path, out var own) && own.Route != route && (own.IsSettled || instance < other);
        }
    }

    /// <summary>Another gateway has no service on a path any more.</summary>
    public void Forget(MessagePath path, ulong other)
    {
        lock (_gate)
        {
            if (_others.TryGetValue(path, out var others) && others.Remove(other) && others.Count == 0)
                _others.Remove(path);
        }
    }

    private sealed class OwnClaim(ServiceRoute route)
    {
        public ServiceRoute Route { get; } = route;

        public bool IsSettled { get; set; }
    }
}
