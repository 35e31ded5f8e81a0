using RabbitBridge.Remote;

namespace RabbitBridge.Gateway.Remote;

/// <summary>A session listener whose application is at a remote client.</summary>
internal sealed class RemoteListener(long id, Action<RemoteMessage> post) : ISessionListener
{
    private const int Opened = 1;
    private const int Changed = 2;
    private const int Closed = 3;

    public void OnOpened(SessionId session, IReadOnlyDictionary<string, string> properties) =>
        post(Event(session, Opened, properties));

    public void OnPropertiesChanged(SessionId session, IReadOnlyDictionary<string, string> properties, IReadOnlyDictionary<string, string?> previous) =>
        post(Event(session, Changed, properties) with { Values = previous });

    public void OnClosed(SessionId session, IReadOnlyDictionary<string, string> properties, SessionCloseReason reason) =>
        post(Event(session, Closed, properties) with { Reason = (int)reason });

    private RemoteMessage Event(SessionId session, int kind, IReadOnlyDictionary<string, string> properties) =>
        new(RemoteMessageType.SessionEvent, id) { Session = session, Count = kind, Properties = properties };
}
