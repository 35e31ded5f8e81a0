using System.Text.Json;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Sessions;

/// <summary>What a client asks and has changed of its gateway itself.</summary>
internal sealed class ClientFabric(RemoteSession session)
{
    public async Task<FabricView> GetAsync(CancellationToken cancellationToken)
    {
        var reply = await session.AskAsync(new RemoteMessage(RemoteMessageType.Routes), cancellationToken).ConfigureAwait(false);
        var routes = JsonSerializer.Deserialize(reply.Payload.Span, RemoteJson.Default.RemoteRoutes)!;
        return new FabricView(
            routes.Gateway,
            routes.Gateways,
            [.. routes.Routes.Select(route => new FabricRoute(route.Path, route.LocalHandlers, route.Gateways) { Service = route.Service, Problem = route.Problem })])
        {
            Projects = routes.Projects,
            FindsBoundQueues = routes.FindsBoundQueues,
        };
    }

    public Task AddServiceAsync(ServiceOptions service, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(service);
        var text = JsonSerializer.Serialize(service, RemoteJson.Default.ServiceOptions);
        return session.AskAsync(new RemoteMessage(RemoteMessageType.AddService) { Text = text }, cancellationToken);
    }

    public async Task<bool> RemoveServiceAsync(string path, CancellationToken cancellationToken)
    {
        var reply = await session.AskAsync(new RemoteMessage(RemoteMessageType.RemoveService) { Text = path }, cancellationToken).ConfigureAwait(false);
        return JsonSerializer.Deserialize(reply.Payload.Span, RemoteJson.Default.Boolean);
    }

    public async Task<IReadOnlyList<ServiceInfo>> GetServicesAsync(CancellationToken cancellationToken)
    {
        var reply = await session.AskAsync(new RemoteMessage(RemoteMessageType.Services), cancellationToken).ConfigureAwait(false);
        return JsonSerializer.Deserialize(reply.Payload.Span, RemoteJson.Default.ListServiceInfo)!;
    }
}
