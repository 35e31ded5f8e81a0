using RabbitBridge.Remote;

namespace RabbitBridge.AspNetCore.Remote;

/// <summary>A session listener whose application is at a remote client.</summary>
internal sealed class RemoteListener(long id, Action<RemoteMessage> post) : ISessionListener
{
    public void OnOpened(SessionId session, IReadOnlyDictionary<string, string> properties) =>
        post(Event(session, RemoteEventKind.Opened, properties));

    public void OnPropertiesChanged(SessionId session, IReadOnlyDictionary<string, string> properties, IReadOnlyDictionary<string, string?> previous) =>
        post(Event(session, RemoteEventKind.Changed, properties) with { Values = previous });

    public void OnClosed(SessionId session, IReadOnlyDictionary<string, string> properties, SessionCloseReason reason) =>
        post(Event(session, RemoteEventKind.Closed, properties) with { Reason = (int)reason });

    private RemoteMessage Event(SessionId session, RemoteEventKind kind, IReadOnlyDictionary<string, string> properties) =>
        new(RemoteMessageType.SessionEvent, id) { Session = session, Count = (int)kind, Properties = properties };
}
