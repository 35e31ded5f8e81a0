using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using RabbitBridge.Remote;
using RawConnection = RabbitBridge.Gateway.IntegrationTests.RawClient;

namespace RabbitBridge.EndToEndTests.Hostile;

/// <summary>A client that does not expect to live long: whenever the gateway has ended its session, nothing more is sent.</summary>
internal sealed class HostileClient : IAsyncDisposable
{
    private readonly RawConnection _client;
    private long _frames;
    private long _lastId;
    // The gateway keeps what is not acknowledged, and ends a session that does not read.
    private long _acknowledged;

    private HostileClient(RawConnection client) => _client = client;

    public bool IsConnected => _client.IsConnected;

    public long NextId => ++_lastId;

    public static async Task<HostileClient> ConnectAsync(Uri gateway) => new(await RawConnection.ConnectAsync(gateway));

    /// <returns>Whether there is a session.</returns>
    public async Task<bool> TryOpenAsync(string text)
    {
        try
        {
            return (await _client.OpenAsync(text)).Error is null;
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            return false;
        }
    }

    public async Task SendAsync(Action<IBufferWriter<byte>> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        RemoteWriter.WriteHeader(buffer, ++_frames, _acknowledged);
        write(buffer);
        try
        {
            await _client.SendFrameAsync(buffer.WrittenSpan.ToArray());
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // The session is over.
        }
    }

    /// <summary>Waits until the gateway has read what was sent, or has ended the session.</summary>
    public async Task SettleAsync()
    {
        var id = NextId;
        await SendAsync(buffer => RemoteWriter.Write(buffer, new RemoteMessage(RemoteMessageType.Routes, id)));
        await Until.TrueAsync(() => !IsConnected || HasCome(id), "the gateway has read the batch, or ended the session");
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private bool HasCome(long id)
    {
        while (_client.Frames.TryPeek(out var frame))
        {
            var rest = RemoteReader.ReadHeader(frame, out var number, out _);
            var found = false;
            while (!rest.IsEmpty)
                found |= RemoteReader.Next(ref rest) is { } message && message.Id == id && message.Type is RemoteMessageType.Response or RemoteMessageType.Error;
            _acknowledged = Math.Max(_acknowledged, number);
            _client.Frames.TryDequeue(out _);
            if (found)
                return true;
        }

        return false;
    }

    private static bool IsEnd(Exception exception) =>
        exception is HubException or InvalidOperationException or OperationCanceledException or IOException or JsonException or System.Net.WebSockets.WebSocketException;
}
