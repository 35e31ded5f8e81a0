using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using RabbitBridge.AspNetCore.Diagnostics;
using RabbitBridge.Security;

namespace RabbitBridge.AspNetCore.Security;

/// <summary>Tells in the log who is let in, when the gateway listens.</summary>
internal sealed class AccessNotice(SecurityState security, IAuthorizer authorizer, IServer server, IHostApplicationLifetime lifetime, ILogger<AccessNotice> logger) : IHostedService
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
            authorizer is RoleAuthorizer ? List(model.Roles, "none, so everything is permitted") : $"as {authorizer.GetType().Name} decides",
            List(model.AmqpUsers, "any"));
        string[] open = [.. (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []).Where(static address => !IsLocal(address))];
        if (authorizer is RoleAuthorizer && model.PermitsAll && model.AllowsAnonymous && open.Length > 0)
            Log.StandsOpen(logger, string.Join(", ", open));
    }

    /// <summary>Whether only programs of the same machine reach it.</summary>
    private static bool IsLocal(string address)
    {
        var binding = BindingAddress.Parse(address);
        return binding.IsUnixPipe || binding.IsNamedPipe || binding.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(binding.Host, out var ip) && IPAddress.IsLoopback(ip));
    }
}
