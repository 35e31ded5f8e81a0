namespace RabbitBridge.Hosting;

/// <summary>
/// The host's session for its services: always the present one, also for a service that was made before the host started. Services do not end it:
/// a container disposes of what it gives out.
/// </summary>
internal sealed class SessionOfHost(HostedSession session) : ISession
{
    public SessionId Id => session.Current.Id;

    public string Principal => session.Current.Principal;

    public IReadOnlyDictionary<string, string> Properties => session.Current.Properties;

    public IMessages Messages => session.Current.Messages;

    public ISessions Sessions => session.Current.Sessions;

    public IProjects Projects => session.Current.Projects;

    public CancellationToken Closed => session.Current.Closed;

    public Task CloseAsync() => session.Current.CloseAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
