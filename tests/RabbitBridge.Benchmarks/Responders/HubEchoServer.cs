using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RabbitBridge.Remote;

namespace RabbitBridge.Benchmarks.Responders;

/// <summary>A bare SignalR hub with the gateway's hub options.</summary>
internal sealed class HubEchoServer(WebApplication app) : IEchoServer
{
    public string Address => app.Urls.First() + EchoHub.Path;

    public static async Task<HubEchoServer> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        // Standard output is the bench's.
        builder.Logging.ClearProviders();
        var (remote, gateway) = (new RemoteOptions(), new GatewayOptions());
        builder.Services.AddSignalR(hub =>
        {
            hub.KeepAliveInterval = remote.KeepAlive;
            hub.ClientTimeoutInterval = remote.ClientTimeout;
            hub.MaximumReceiveMessageSize = gateway.MaxMessageBytes + RemoteLink.FrameOverhead;
        }).AddMessagePackProtocol();
        var app = builder.Build();
        app.MapHub<EchoHub>(EchoHub.Path);
        await app.StartAsync(cancellationToken).ConfigureAwait(false);
        return new HubEchoServer(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
