using RabbitBridge.Fabric;

namespace RabbitBridge.Sessions;

/// <summary>Tells what happens to this gateway's sessions to whoever listens: gateways, and listeners of its own.</summary>
internal sealed class SessionEvents(SessionTable sessions, SessionListeners listeners)
{
    private readonly Lock _gate = new();
    private readonly HashSet<GatewayLink> _links = [];
    private volatile bool _isHeard;

    public void Opened(Session session) =>
        Tell(() => new SessionEvent { Kind = SessionEventKind.Opened, Session = session.Id, Properties = session.Properties });

    public void Changed(Session session, IReadOnlyDictionary<string, string?> previous)
    {
        if (previous.Count > 0)
            Tell(() => new SessionEvent { Kind = SessionEventKind.Changed, Session = session.Id, Properties = session.Properties, Previous = previous });
    }

    public void Closed(Session session) => Tell(() => new SessionEvent
    {
        Kind = SessionEventKind.Closed,
        Session = session.Id,
        Properties = session.Properties,
        CloseReason = session.CloseReason,
    });

    /// <summary>Another gateway listens, or does not any more. One that begins is told of every open session first.</summary>
    public void Listen(GatewayLink link, bool isOn)
    {
        lock (_gate)
        {
            if (isOn)
                _links.Add(link);
            else
                _links.Remove(link);
            _isHeard = _links.Count > 0;
            if (!isOn)
                return;
            link.Tell(new SessionEvent { Kind = SessionEventKind.Replaying });
            foreach (var session in sessions.All)
                link.Tell(new SessionEvent { Kind = SessionEventKind.Opened, Session = session.Id, Properties = session.Properties });
            link.Tell(new SessionEvent { Kind = SessionEventKind.Replayed });
        }
    }

    public void Lost(GatewayLink link)
    {
        lock (_gate)
        {
            _links.Remove(link);
            _isHeard = _links.Count > 0;
        }
    }

    private void Tell(Func<SessionEvent> describe)
    {
        if (!_isHeard && !listeners.Any)
            return;
        lock (_gate)
        {
            var what = describe();
            listeners.OnOwn(what);
            foreach (var link in _links)
                link.Tell(what);
        }
    }
}
