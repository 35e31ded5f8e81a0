namespace RabbitBridge.Hosting;

/// <summary>A handler that a host registers when it starts.</summary>
internal abstract class HostedHandler(MessagePath branch)
{
    public MessagePath Branch => branch;

    /// <summary>Registers it.</summary>
    /// <param name="session">The host's session.</param>
    /// <param name="provider">Makes the scopes of the requests.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task<IRegistration> RegisterAsync(ISession session, IServiceProvider provider, CancellationToken cancellationToken);
}
