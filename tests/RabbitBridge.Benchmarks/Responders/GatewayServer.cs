using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Gateway.Hosting;

namespace RabbitBridge.Benchmarks.Responders;

/// <summary>The gateway process, as its program puts it together.</summary>
internal sealed class GatewayServer(WebApplication app) : IEchoServer
{
    public string Address => app.Urls.First();

    public static async Task<GatewayServer> StartAsync(HostGateway order, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Fabric"] = nameof(FabricKind.InMemory) });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        // Standard output is the bench's.
        builder.Logging.ClearProviders();
        builder.AddGateway();
        var app = builder.Build();
        app.MapGateway();
        await app.StartAsync(cancellationToken).ConfigureAwait(false);
        if (order.Path is { } path)
        {
            var session = app.Services.GetRequiredService<IGateway>().OpenSession();
            await session.Messages.AddRequestHandlerAsync(
                path, new EchoHandler<ReadOnlyMemory<byte>>(), DataTypes.Binary, DataTypes.Binary, cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        return new GatewayServer(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
