using System.Net.WebSockets;
using Microsoft.AspNetCore.Http.Connections.Client;

namespace RabbitBridge.Client.Connections;

/// <summary>Opens WebSockets over an HTTP client that the application has changed.</summary>
internal static class WebSockets
{
    public static async Task<WebSocket> ConnectAsync(
        WebSocketConnectionContext context, Func<HttpMessageHandler, HttpMessageHandler> configure, CancellationToken cancellationToken)
    {
        // As SignalR makes its own: with the cookies that keep a client at one gateway.
        var handler = new HttpClientHandler { CookieContainer = context.Options.Cookies };
        using var invoker = new HttpMessageInvoker(configure(handler));
        var socket = new ClientWebSocket();
        try
        {
            foreach (var (name, value) in context.Options.Headers)
                socket.Options.SetRequestHeader(name, value);
            await socket.ConnectAsync(context.Uri, invoker, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
