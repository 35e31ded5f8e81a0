using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using RabbitBridge.Remote;

namespace RabbitBridge.Gateway.IntegrationTests;

/// <summary>A connection to a gateway on which a test may say what the client library would not.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HubConnection _connection;
    private long _sent;

    private RawClient(Uri address, TimeSpan pings)
    {
        _connection = new HubConnectionBuilder().WithUrl(new Uri(address, "/rabbitbridge")).AddMessagePackProtocol().WithKeepAliveInterval(pings).Build();
        _connection.On<byte[]>("Frame", Frames.Enqueue);
        _connection.Closed += _ =>
        {
            _closed.TrySetResult();
            return Task.CompletedTask;
        };
    }

    public ConcurrentQueue<byte[]> Frames { get; } = new();

    /// <summary>Completes when the gateway has closed the connection.</summary>
    public Task Closed => _closed.Task.WaitAsync(Eventually.Limit);

    public bool IsConnected => _connection.State == HubConnectionState.Connected;

    /// <summary>Connects to a gateway.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="pings">How often the client gives a sign of life; <see langword="null"/> for what is usual.</param>
    public static async Task<RawClient> ConnectAsync(Uri address, TimeSpan? pings = null)
    {
        var client = new RawClient(address, pings ?? TimeSpan.FromSeconds(15));
        await client._connection.StartAsync();
        return client;
    }

    public Task<OpenReply> OpenAsync(OpenRequest request) => OpenAsync(JsonSerializer.Serialize(request, RemoteJson.Default.OpenRequest));

    public async Task<OpenReply> OpenAsync(string text) =>
        JsonSerializer.Deserialize(await _connection.InvokeAsync<string>("Open", text), RemoteJson.Default.OpenReply)!;

    /// <summary>The messages that have come.</summary>
    public IEnumerable<RemoteMessage> Messages
    {
        get
        {
            foreach (var frame in Frames)
            {
                ReadOnlyMemory<byte> rest = RemoteReader.ReadHeader(frame, out _, out _);
                while (!rest.IsEmpty)
                {
                    if (RemoteReader.Next(ref rest) is { } message)
                        yield return message;
                }
            }
        }
    }

    /// <summary>Sends messages in one frame, which acknowledges nothing.</summary>
    public Task SendAsync(params ReadOnlySpan<RemoteMessage> messages)
    {
        var buffer = new ArrayBufferWriter<byte>();
        RemoteWriter.WriteHeader(buffer, ++_sent, 0);
        foreach (var message in messages)
            RemoteWriter.Write(buffer, message);
        return SendFrameAsync(buffer.WrittenSpan.ToArray());
    }

    public Task<RemoteMessage> ReceiveAsync(RemoteMessageType type, long id) =>
        Eventually.ValueAsync(() => Messages.FirstOrDefault(message => message.Type == type && message.Id == id), $"{type} {id} has come");

    public Task SendFrameAsync(byte[]? frame) => _connection.SendAsync("Frame", frame);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
