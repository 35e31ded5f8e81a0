using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace RabbitBridge.IntegrationTests;

/// <summary>A gateway's way to its broker, which knows where AMQP's frames begin and end, and can break at any of them.</summary>
internal sealed class AmqpProxy : IAsyncDisposable
{
    /// <summary>How long <see cref="FaultKind.Delay"/> delays: gateways of tests, whose operations have a second, bear it.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(600);

    private const int FrameHeader = 7;
    private const int ProtocolHeader = 8;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<AmqpWay, bool> _ways = new();
    private readonly ConcurrentDictionary<string, AmqpWay> _newest = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(int Frame, NetworkFault Fault)> _faults = new();
    private readonly Uri _broker;
    private readonly Task _loop;
    private readonly Lock _gate = new();
    private TaskCompletionSource _broken = NewSignal();
    private long _lastFaultAt;
    private int _frames;
    private volatile bool _isSilent;
    private volatile bool _keepsConfirms;

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

    /// <summary>Completes when the first fault happens since the last <see cref="Arm"/>.</summary>
    public Task Broken
    {
        get
        {
            lock (_gate)
                return _broken.Task;
        }
    }

    /// <summary>When the last fault happened or, if it was a delay, was over, by <see cref="Environment.TickCount64"/>.</summary>
    public long LastFaultAt => Volatile.Read(ref _lastFaultAt);

    /// <summary>Whether of each name the connection that was opened last is there and not broken; those before it may yet have to be closed.</summary>
    public bool IsWhole => _newest.Values.All(way => !way.IsBroken);

    /// <summary>Accepts connections and says nothing, as a balancer without a backend does; those that it has accepted so stay so.</summary>
    public bool IsSilent
    {
        get => _isSilent;
        set => _isSilent = value;
    }

    /// <summary>Passes no confirm of the broker's on.</summary>
    public bool KeepsConfirms
    {
        get => _keepsConfirms;
        set => _keepsConfirms = value;
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
            if (_broken.Task.IsCompleted)
                _broken = NewSignal();
        }
    }

    /// <summary>Holds what passes in either direction of the connections in a scope, for so long from now.</summary>
    public void Hold(FaultScope scope, TimeSpan time)
    {
        foreach (var way in _ways.Keys.Where(each => each.IsIn(scope)))
            way.Hold(time);
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
        var way = new AmqpWay(client, server) { IsSwallowed = _isSilent };
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

    private async Task CopyAsync(AmqpWay way, TcpClient from, TcpClient to, int preamble)
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
                if (preamble > 0 && way.TryName(buffer.AsSpan(0, size)))
                    _newest[way.Name!] = way;
                const byte heartbeat = 8;
                var passes = buffer[0] == heartbeat ? !way.IsSwallowed : Passes(way);
                await way.HeldAsync();
                if (passes && !way.IsSwallowed && !(_keepsConfirms && preamble == 0 && IsAck(buffer)))
                    await target.WriteAsync(buffer.AsMemory(0, size));
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // One side is gone, and so is the other.
            way.Cut();
        }
    }

    private bool Passes(AmqpWay way)
    {
        lock (_gate)
        {
            _frames++;
            if (!_faults.TryPeek(out var next) || _frames < next.Frame)
                return !way.IsSwallowed;
            var (_, (kind, scope)) = next;
            AmqpWay[] met = scope == FaultScope.One ? [way] : [.. _ways.Keys.Where(each => each.IsIn(scope))];
            // Those that are broken are about to be replaced: the fault waits until one is that can be met.
            if (met.All(each => each.IsBroken))
                return !way.IsSwallowed;
            _faults.TryDequeue(out var _);
            _frames = 0;
            foreach (var each in met)
                Break(each, kind);
            Volatile.Write(ref _lastFaultAt, Environment.TickCount64 + (kind == FaultKind.Delay ? (long)Delay.TotalMilliseconds : 0));
            _broken.TrySetResult();
            return !way.IsBroken;
        }
    }

    // A method frame, basic.ack: type, channel and size, then class and method.
    private static bool IsAck(ReadOnlySpan<byte> frame) =>
        frame[0] == 1 && BinaryPrimitives.ReadUInt32BigEndian(frame[FrameHeader..]) == ((60u << 16) | 80u);

    private static void Break(AmqpWay way, FaultKind kind)
    {
        if (kind == FaultKind.Cut)
            way.Cut();
        else if (kind == FaultKind.Swallow)
            way.IsSwallowed = true;
        else
            way.Hold(Delay);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
