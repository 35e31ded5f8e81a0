using RabbitBridge.Sessions;

namespace RabbitBridge.Hosting;

/// <summary>Opens a host's session at the host's own gateway, with which it ends.</summary>
internal sealed class GatewaySessionOpener(IGateway gateway, HostedSessionOptions options) : ISessionOpener
{
    public Task<ISession> OpenAsync(CancellationToken cancellationToken) => gateway.OpenSessionAsync(options.Options, cancellationToken);

    public bool IsToBeOpenedAgain(ISession closed) => false;

    public bool HasRequests(ISession session) => ((Session)session).Work.HasRequests;
}
