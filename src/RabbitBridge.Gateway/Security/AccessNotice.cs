using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using RabbitBridge.Gateway.Diagnostics;
using RabbitBridge.Gateway.Hosting;
using RabbitBridge.Security;

namespace RabbitBridge.Gateway.Security;

/// <summary>Tells in the log who is let in, when the gateway listens.</summary>
internal sealed class AccessNotice(SecurityState security, IServer server, IHostApplicationLifetime lifetime, ILogger<AccessNotice> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Before that the addresses are not known.
        lifetime.ApplicationStarted.Register(Tell);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static string List(IEnumerable<string> names, string none) =>
        string.Join(", ", names.Order(StringComparer.Ordinal)) is { Length: > 0 } text ? text : none;

    private void Tell()
    {
        var model = security.Model;
        Log.LetIn(
            logger,
            model.AllowsAnonymous ? $"let in (roles: {List(model.AnonymousRoles, "none")})" : "refused",
            model.Principals.Count,
            model.JwtKeys.Count,
            List(model.Roles, "none, so everything is permitted"),
            List(model.AmqpUsers, "any"));
        string[] open = [.. (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []).Where(static address => !ListeningAddress.IsLocal(address))];
        if (model.PermitsAll && model.AllowsAnonymous && open.Length > 0)
            Log.StandsOpen(logger, string.Join(", ", open));
    }
}
