using System.Collections.Concurrent;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;
using RabbitBridge.Diagnostics;
using RabbitBridge.Filters;
using RabbitBridge.Gateways;
using Log = RabbitBridge.AspNetCore.Diagnostics.Log;

namespace RabbitBridge.AspNetCore.Remote;

/// <summary>
/// Lets in web pages of allowed origins, and refuses others. A browser tells which page asks, but only for CORS it also keeps the page from what it may not see: the
/// upgrade to a WebSocket is no such request, and needs its origin looked at here. At the endpoint alone, and not by the middleware for CORS: an application has rules
/// of its own for everything else.
/// </summary>
internal sealed class OriginGuard
{
    // Origins are the clients' to invent.
    private const int MaxLogged = 1000;

    private readonly ConcurrentDictionary<string, bool> _logged = new(StringComparer.OrdinalIgnoreCase);
    private readonly IList<string> _allowed;
    private readonly ICorsService _cors;
    private readonly CorsPolicy _policy;
    private readonly Telemetry _telemetry;
    private readonly ILogger _logger;

    public OriginGuard(IOptions<RemoteOptions> options, ICorsService cors, IOptions<CorsOptions> policies, IGateway gateway, ILogger<OriginGuard> logger)
    {
        (_allowed, _cors, _telemetry, _logger) = (options.Value.AllowedOrigins, cors, ((GatewayEngine)gateway).Telemetry, logger);
        _policy = policies.Value.GetPolicy(RemoteOptions.CorsPolicy)!;
    }

    /// <summary>Has every request to an endpoint looked at.</summary>
    public void Guard(EndpointBuilder endpoint)
    {
        if (endpoint.RequestDelegate is { } handle)
            endpoint.RequestDelegate = context => InvokeAsync(context, handle);
    }

    private Task InvokeAsync(HttpContext context, RequestDelegate handle)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0)
            return handle(context);
        if (!IsAllowed(origin, context.Request.Host))
        {
            _telemetry.Refused(RefusalReason.Origin);
            if (_logged.Count < MaxLogged && _logged.TryAdd(origin, true))
                Log.OriginRefused(_logger, FilterText.Show(origin, 200), context.Connection.RemoteIpAddress?.ToString() ?? "an unknown address");
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return context.Response.WriteAsync("Pages of this origin may not connect (Remote:AllowedOrigins).", context.RequestAborted);
        }

        var result = _cors.EvaluatePolicy(context, _policy);
        _cors.ApplyResult(result, context.Response);
        if (!result.IsPreflightRequest)
            return handle(context);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private bool IsAllowed(string origin, HostString own) =>
        _allowed.Any(allowed => allowed == "*" || string.Equals(allowed.TrimEnd('/'), origin, StringComparison.OrdinalIgnoreCase))
        // Behind a proxy that ends TLS the scheme may be another one.
        || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, own.Value, StringComparison.OrdinalIgnoreCase));
}
