using RabbitBridge.Events;
using RabbitBridge.Fabric;

namespace RabbitBridge.Sessions;

/// <summary>Tells what becomes of this gateway's sessions to whoever listens: gateways, and listeners of its own.</summary>
internal sealed class SessionEvents(SessionTable sessions, SessionListeners listeners, EventMirror mirror)
{
    private readonly Lock _gate = new();
    private readonly HashSet<GatewayLink> _links = [];
    private volatile bool _isHeard;

    /// <summary>Tells a session's state; called after each of its changes.</summary>
    public void Tell(Session session)
    {
        // Whoever begins to listen meanwhile finds the change in the table: both sides write before they read.
        Interlocked.MemoryBarrier();
        if (!_isHeard && !listeners.Any && !mirror.WantsSessions)
            return;
        lock (_gate)
        {
            // Not what has happened but what is: of a change and a close at the same time the later one to come here says the same.
            var what = sessions.Contains(session) ? Open(session) : Closed(session);
            listeners.OnOwn(what);
            foreach (var link in _links)
                link.Send(what);
            if (mirror.WantsSessions)
                mirror.Tell(what);
        }
    }

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
            Interlocked.MemoryBarrier();
            link.Send(new SessionEvent { Kind = SessionEventKind.Replaying });
            foreach (var session in sessions.All)
                link.Send(Open(session));
            link.Send(new SessionEvent { Kind = SessionEventKind.Replayed });
        }
    }

    private static SessionEvent Open(Session session) =>
        new() { Kind = SessionEventKind.Open, Session = session.Id, Properties = session.Properties };

    private static SessionEvent Closed(Session session) =>
        new() { Kind = SessionEventKind.Closed, Session = session.Id, CloseReason = session.CloseReason };
}
