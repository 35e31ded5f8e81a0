using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using RabbitBridge.Diagnostics;
using RabbitBridge.Filters;
using RabbitBridge.Gateways;
using Log = RabbitBridge.Gateway.Diagnostics.Log;

namespace RabbitBridge.Gateway.Remote;

/// <summary>
/// Refuses web pages from elsewhere. A browser tells which page asks, but only for CORS it also keeps the page from what it may not see: the upgrade to
/// a WebSocket is no such request, and needs its origin looked at here.
/// </summary>
internal sealed class OriginGuard(RequestDelegate next, IOptions<RemoteOptions> options, IGateway gateway, ILogger<OriginGuard> logger)
{
    // Origins are the clients' to invent.
    private const int MaxLogged = 1000;

    private readonly ConcurrentDictionary<string, bool> _logged = new(StringComparer.OrdinalIgnoreCase);

    public Task InvokeAsync(HttpContext context)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0 || !context.Request.Path.StartsWithSegments(SessionHub.Path) || IsAllowed(origin, context.Request.Host))
            return next(context);
        ((GatewayEngine)gateway).Telemetry.Refused(RefusalReason.Origin);
        if (_logged.Count < MaxLogged && _logged.TryAdd(origin, true))
            Log.OriginRefused(logger, FilterText.Show(origin, 200), context.Connection.RemoteIpAddress?.ToString() ?? "an unknown address");
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsync("Pages of this origin may not connect (Remote:AllowedOrigins).", context.RequestAborted);
    }

    private bool IsAllowed(string origin, HostString own) =>
        options.Value.AllowedOrigins.Any(allowed => allowed == "*" || string.Equals(allowed.TrimEnd('/'), origin, StringComparison.OrdinalIgnoreCase))
        // Behind a proxy that ends TLS the scheme may be another one.
        || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, own.Value, StringComparison.OrdinalIgnoreCase));
}
