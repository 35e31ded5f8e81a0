using RabbitBridge.Fabric;

namespace RabbitBridge.Sessions;

/// <summary>The sessions of a gateway, this one or another, as they were last told. Guarded by <see cref="SessionListeners"/>.</summary>
internal sealed class ListenedGateway
{
    private readonly TaskCompletionSource _replayed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<SessionId, IReadOnlyDictionary<string, string>> _sessions = [];
    private HashSet<SessionId>? _unseen;

    /// <summary>The link over which it was asked; <see langword="null"/> for this gateway itself.</summary>
    public GatewayLink? Link { get; private set; }

    /// <summary>The open sessions, as a listener that has just begun hears of them.</summary>
    public IEnumerable<SessionTransition> Opened => _sessions.Select(session => new SessionTransition(session.Key, Before: null, session.Value));

    /// <summary>Completes when it has told all its sessions once, or is lost.</summary>
    public Task Replayed => _replayed.Task;

    /// <summary>Notes the link over which it is asked.</summary>
    /// <returns>Whether it must be asked: it was not yet over this link.</returns>
    public bool Begin(GatewayLink link)
    {
        if (link == Link)
            return false;
        Link = link;
        return true;
    }

    /// <summary>Takes over what is told.</summary>
    /// <returns>What has changed by it.</returns>
    public IEnumerable<SessionTransition> Take(SessionEvent what)
    {
        switch (what.Kind)
        {
            case SessionEventKind.Open:
                return Open(what.Session, what.Properties) is { } change ? [change] : [];
            case SessionEventKind.Closed:
                return Close(what.Session, what.CloseReason) is { } close ? [close] : [];
            case SessionEventKind.Replaying:
                _unseen = [.. _sessions.Keys];
                return [];
            case SessionEventKind.Replayed:
                var gone = _unseen ?? [];
                _unseen = null;
                _replayed.TrySetResult();
                return Lose(gone);
            default:
                return [];
        }
    }

    /// <summary>Takes over that a session is open; <see langword="null"/> if that is known.</summary>
    public SessionTransition? Open(SessionId session, IReadOnlyDictionary<string, string> properties)
    {
        _unseen?.Remove(session);
        var before = _sessions.GetValueOrDefault(session);
        _sessions[session] = properties;
        return before is not null && SessionTransition.Changed(before, properties).Count == 0 ? null : new SessionTransition(session, before, properties);
    }

    /// <summary>It is lost, and its sessions with it.</summary>
    public IEnumerable<SessionTransition> End()
    {
        _replayed.TrySetResult();
        return Lose([.. _sessions.Keys]);
    }

    private SessionTransition? Close(SessionId session, SessionCloseReason reason) =>
        _sessions.Remove(session, out var before) ? new SessionTransition(session, before, After: null, reason) : null;

    private SessionTransition[] Lose(IEnumerable<SessionId> sessions) =>
        [.. sessions.Select(session => Close(session, SessionCloseReason.ConnectionLost)).OfType<SessionTransition>()];
}
