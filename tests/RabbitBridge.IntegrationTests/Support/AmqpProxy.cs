using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace RabbitBridge.IntegrationTests;

/// <summary>A gateway's way to its broker, which knows where AMQP's frames begin and end, and can break at any of them.</summary>
internal sealed class AmqpProxy : IAsyncDisposable
{
    private const int FrameHeader = 7;
    private const int ProtocolHeader = 8;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Way, bool> _ways = new();
    private readonly ConcurrentQueue<(int Frame, NetworkFault Fault)> _faults = new();
    private readonly Uri _broker;
    private readonly Task _loop;
    private readonly Lock _gate = new();
    private int _frames;
    private volatile bool _isSilent;

    public AmqpProxy(Uri broker)
    {
        _broker = broker;
        _listener.Start();
        Uri = new UriBuilder(broker) { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;
        _loop = AcceptAsync();
    }

    public Uri Uri { get; }

    /// <summary>How many frames have passed since the last <see cref="Arm"/>, heartbeats not counted.</summary>
    public int Frames => Volatile.Read(ref _frames);

    /// <summary>Whether no fault is left to happen.</summary>
    public bool IsSpent => _faults.IsEmpty;

    /// <summary>Accepts connections and says nothing, as a balancer without a backend does; those that it has accepted so stay so.</summary>
    public bool IsSilent
    {
        get => _isSilent;
        set => _isSilent = value;
    }

    /// <summary>Lets faults happen, each at its frame, counted from the one before.</summary>
    public void Arm(params IEnumerable<(int Frame, NetworkFault Fault)> faults)
    {
        lock (_gate)
        {
            _faults.Clear();
            foreach (var fault in faults)
                _faults.Enqueue(fault);
            _frames = 0;
        }
    }

    public void CutAll()
    {
        foreach (var way in _ways.Keys)
            way.Cut();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        CutAll();
        await _loop;
    }

    private async Task AcceptAsync()
    {
        List<Task> carried = [];
        try
        {
            while (true)
                carried.Add(CarryAsync(await _listener.AcceptTcpClientAsync()));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The listener was stopped, while this waited for a connection or dealt with one.
        }

        CutAll();
        await Task.WhenAll(carried);
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        var way = new Way(client, server) { IsSwallowed = _isSilent };
        _ways[way] = true;
        try
        {
            await server.ConnectAsync(_broker.Host, _broker.Port);
            await Task.WhenAll(CopyAsync(way, client, server, ProtocolHeader), CopyAsync(way, server, client, 0));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The broker is down, as the gateway is now told.
        }
        finally
        {
            way.Cut();
            _ways.TryRemove(way, out _);
        }
    }

    private async Task CopyAsync(Way way, TcpClient from, TcpClient to, int preamble)
    {
        try
        {
            var (source, target) = (from.GetStream(), to.GetStream());
            var buffer = new byte[64 * 1024];
            if (preamble > 0)
            {
                await source.ReadExactlyAsync(buffer.AsMemory(0, preamble));
                if (Passes(way))
                    await target.WriteAsync(buffer.AsMemory(0, preamble));
            }

            while (true)
            {
                await source.ReadExactlyAsync(buffer.AsMemory(0, FrameHeader));
                var size = FrameHeader + BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(3)) + 1;
                if (buffer.Length < size)
                    Array.Resize(ref buffer, size);
                await source.ReadExactlyAsync(buffer.AsMemory(FrameHeader, size - FrameHeader));
                const byte heartbeat = 8;
                if (buffer[0] == heartbeat ? !way.IsSwallowed : Passes(way))
                    await target.WriteAsync(buffer.AsMemory(0, size));
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // One side is gone, and so is the other.
            way.Cut();
        }
    }

    private bool Passes(Way way)
    {
        lock (_gate)
        {
            _frames++;
            if (!_faults.TryPeek(out var next) || _frames < next.Frame)
                return !way.IsSwallowed;
            _faults.TryDequeue(out _);
            _frames = 0;
            foreach (var each in next.Fault is NetworkFault.CutAll or NetworkFault.SwallowAll ? _ways.Keys : [way])
            {
                if (next.Fault is NetworkFault.CutOne or NetworkFault.CutAll)
                    each.Cut();
                else
                    each.IsSwallowed = true;
            }

            return false;
        }
    }

    private sealed class Way(TcpClient client, TcpClient server)
    {
        public volatile bool IsSwallowed;

        public void Cut()
        {
            client.Dispose();
            server.Dispose();
        }
    }
}
