using System.Buffers;
using RabbitBridge.Remote;
using RawConnection = RabbitBridge.Gateway.IntegrationTests.RawClient;

namespace RabbitBridge.EndToEndTests.Hostile;

/// <summary>A session of a client that says whatever a test wants.</summary>
internal sealed class RawSession : IAsyncDisposable
{
    private readonly RawConnection _client;
    private readonly SemaphoreSlim _order = new(1, 1);
    private long _frames;

    private RawSession(RawConnection client, SessionId id) => (_client, Id) = (client, id);

    public SessionId Id { get; }

    public bool IsConnected => _client.IsConnected;

    /// <summary>What has come, in order.</summary>
    public IEnumerable<RemoteMessage> Messages
    {
        get
        {
            foreach (var frame in _client.Frames)
            {
                var rest = RemoteReader.ReadHeader(frame, out _, out _);
                while (!rest.IsEmpty)
                {
                    if (RemoteReader.Next(ref rest) is { } message)
                        yield return message;
                }
            }
        }
    }

    public static async Task<RawSession> OpenAsync(Uri gateway, OpenRequest? request = null)
    {
        var client = await RawConnection.ConnectAsync(gateway);
        var reply = await client.OpenAsync(request ?? new OpenRequest());
        Assert.Null(reply.Error);
        return new RawSession(client, SessionId.Parse(reply.Session));
    }

    public Task SendAsync(params RemoteMessage[] messages) => SendAsync(buffer =>
    {
        foreach (var message in messages)
            RemoteWriter.Write(buffer, message);
    });

    /// <summary>Sends a frame with whatever is written into it.</summary>
    public async Task SendAsync(Action<IBufferWriter<byte>> write)
    {
        // Frames have numbers without gaps.
        await _order.WaitAsync();
        try
        {
            var buffer = new ArrayBufferWriter<byte>();
            RemoteWriter.WriteHeader(buffer, ++_frames, 0);
            write(buffer);
            await _client.SendFrameAsync(buffer.WrittenSpan.ToArray());
        }
        finally
        {
            _order.Release();
        }
    }

    /// <summary>Forgets what has come: a test that looks at little of it need not read all of it again.</summary>
    public void Forget() => _client.Frames.Clear();

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        _order.Dispose();
    }
}
