using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using RabbitBridge.Remote;

namespace RabbitBridge.Gateway.IntegrationTests;

/// <summary>A client that opens a session, gives one sign of life or none, and then neither reads nor says anything any more: no pings either.</summary>
internal sealed class SilentClient : IAsyncDisposable
{
    private const char Separator = '\u001e';

    private readonly ClientWebSocket _socket = new();
    private readonly StringBuilder _read = new();

    public SessionId Id { get; private set; }

    public static async Task<SilentClient> ConnectAsync(Uri address, bool pingsOnce = true)
    {
        var client = new SilentClient();
        client._socket.Options.KeepAliveInterval = TimeSpan.Zero;
        await client._socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/rabbitbridge" }.Uri, default);
        await client.SendAsync("""{"protocol":"json","version":1}""");
        Assert.Equal("{}", await client.ReadAsync());
        var request = JsonSerializer.Serialize(new OpenRequest(), RemoteJson.Default.OpenRequest);
        await client.SendAsync(JsonSerializer.Serialize(new { type = 1, invocationId = "1", target = "Open", arguments = new[] { request } }));
        while (client.Id == default)
        {
            using var message = JsonDocument.Parse(await client.ReadAsync());
            if (message.RootElement.GetProperty("type").GetInt32() == 3)
                client.Id = SessionId.Parse(JsonSerializer.Deserialize(message.RootElement.GetProperty("result").GetString()!, RemoteJson.Default.OpenReply)!.Session);
        }

        // As most clients do; SignalR's own watch does not begin before.
        if (pingsOnce)
            await client.SendAsync("""{"type":6}""");
        return client;
    }

    /// <summary>Reads what has come at last, until the gateway has ended the connection.</summary>
    public async Task ReadToEndAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while ((await _socket.ReceiveAsync(buffer, default).WaitAsync(Eventually.Limit)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (WebSocketException)
        {
            // It was ended without a farewell.
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Sends what need not be a message.</summary>
    public Task SendAsync(string message) => _socket.SendAsync(Encoding.UTF8.GetBytes(message + Separator), WebSocketMessageType.Text, endOfMessage: true, default);

    private async Task<string> ReadAsync()
    {
        var buffer = new byte[4096];
        while (true)
        {
            var text = _read.ToString();
            if (text.IndexOf(Separator, StringComparison.Ordinal) is >= 0 and var end)
            {
                _read.Remove(0, end + 1);
                return text[..end];
            }

            var result = await _socket.ReceiveAsync(buffer, default);
            _read.Append(Encoding.UTF8.GetString(buffer, 0, result.Count));
        }
    }
}
