using System.Collections.Concurrent;

namespace RabbitBridge.Cli.Remote;

/// <summary>Gathers what a session listener is told first: every open session.</summary>
internal sealed class SessionReplay : ISessionListener
{
    private readonly ConcurrentDictionary<SessionId, OpenSession> _open = new();

    /// <summary>Those that are open, in an order that stays.</summary>
    public IReadOnlyList<OpenSession> Open => [.. _open.Values.OrderBy(session => session.Id.Gateway).ThenBy(session => session.Id.Session)];

    public void OnOpened(SessionId session, IReadOnlyDictionary<string, string> properties) => _open[session] = new(session, properties);

    public void OnPropertiesChanged(
        SessionId session, IReadOnlyDictionary<string, string> properties, IReadOnlyDictionary<string, string?> previous) => _open[session] = new(session, properties);

    public void OnClosed(SessionId session, IReadOnlyDictionary<string, string> properties, SessionCloseReason reason) => _open.TryRemove(session, out _);
}
