namespace RabbitBridge.Cli.Remote;

/// <summary>Shows what a session listener is told.</summary>
internal sealed class SessionPrinter(IRemoteView view) : ISessionListener
{
    public void OnOpened(SessionId session, IReadOnlyDictionary<string, string> properties) => view.Session("opened", session, properties, null, null);

    public void OnPropertiesChanged(SessionId session, IReadOnlyDictionary<string, string> properties, IReadOnlyDictionary<string, string?> previous) =>
        view.Session("changed", session, properties, previous, null);

    public void OnClosed(SessionId session, IReadOnlyDictionary<string, string> properties, SessionCloseReason reason) =>
        view.Session("closed", session, properties, null, reason);
}
