using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RabbitBridge.Client.Sessions;
using RabbitBridge.Hosting;

namespace RabbitBridge.Client.Hosting;

/// <summary>Opens a host's session at a gateway elsewhere.</summary>
internal sealed class ClientSessionOpener(IServiceProvider provider, HostedClientOptions options) : ISessionOpener
{
    public async Task<ISession> OpenAsync(CancellationToken cancellationToken)
    {
        var asked = options.Make(provider);
        return await RabbitBridgeClient.ConnectAsync(asked with { LoggerFactory = asked.LoggerFactory ?? provider.GetService<ILoggerFactory>() }, cancellationToken).ConfigureAwait(false);
    }

    // Where somebody wanted it to end, another one would only have to be ended, too. A token that has expired may be a new one by now.
    public bool IsToBeOpenedAgain(ISession closed) => ((IRemoteSession)closed).CloseReason
        is not (SessionCloseReason.ClosedByClient or SessionCloseReason.ClosedByController or SessionCloseReason.Revoked or SessionCloseReason.SessionTakenOver);

    public bool HasRequests(ISession session) => ((RemoteSession)session).Work.HasRequests;
}
