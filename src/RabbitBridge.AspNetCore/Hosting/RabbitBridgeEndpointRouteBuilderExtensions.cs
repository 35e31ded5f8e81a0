using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using RabbitBridge.AspNetCore.Remote;

namespace RabbitBridge;

/// <summary>Says where clients elsewhere connect to the gateway of an application.</summary>
public static class RabbitBridgeEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the endpoint at which clients open sessions. For <c>/bridge</c> their address is <c>https://HOST/bridge</c>. Web pages of other origins are let in by
    /// <see cref="RemoteOptions.AllowedOrigins"/>. Where the application has <c>UseCors</c>, that answers browsers first: say <c>RequireCors(RemoteOptions.CorsPolicy)</c>.
    /// Sessions are authenticated when they are opened: where everything else needs to be authorized, say <c>AllowAnonymous()</c>.
    /// </summary>
    /// <param name="endpoints">Where it is mapped.</param>
    /// <param name="prefix">The path before it; <c>/</c> for none.</param>
    /// <returns>What adds conventions to it.</returns>
    /// <exception cref="ArgumentException">The prefix does not begin with <c>/</c>.</exception>
    /// <exception cref="InvalidOperationException"><see cref="RemoteSessionsBuilderExtensions.AddRemoteSessions"/> was not called.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting of the gateway is not allowed.</exception>
    public static IEndpointConventionBuilder MapRabbitBridge(this IEndpointRouteBuilder endpoints, string prefix = "/")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        if (!prefix.StartsWith('/'))
            throw new ArgumentException($"The path '{prefix}' does not begin with '/', as '/bridge' does.", nameof(prefix));
        var sessions = endpoints.ServiceProvider.GetService<RemoteSessions>()
            ?? throw new InvalidOperationException("There are no remote sessions: call AddRemoteSessions() on what services.AddRabbitBridge(…) returns.");
        sessions.Observe();
        var endpoint = endpoints.MapConnections(prefix.TrimEnd('/') + SessionHub.Path, connections => connections.Use(static next => connection =>
        {
            // A hub of its own mapping has no place where one sees everything that comes.
            var transport = new WatchedTransport(connection.Transport);
            connection.Transport = transport;
            connection.Features.Set(transport);
            return next(connection);
        }).UseHub<SessionHub>());
        endpoint.Add(endpoints.ServiceProvider.GetRequiredService<OriginGuard>().Guard);
        return endpoint;
    }
}
