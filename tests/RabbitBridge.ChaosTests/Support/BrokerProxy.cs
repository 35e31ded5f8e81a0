using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace RabbitBridge.ChaosTests.Support;

/// <summary>A gateway's way to its broker, which can be cut, frozen (nothing passes, and nobody is told) and slowed.</summary>
internal sealed class BrokerProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, bool> _clients = new();
    private readonly Uri _broker;
    private readonly Task _loop;
    private volatile bool _isCut;
    private volatile TaskCompletionSource? _frozen;
    private volatile int _delayMilliseconds;

    public BrokerProxy(Uri broker)
    {
        _broker = broker;
        _listener.Start();
        Uri = new UriBuilder(broker) { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;
        _loop = AcceptAsync();
    }

    public Uri Uri { get; }

    /// <summary>Breaks all connections; new ones are refused until <see cref="Mend"/>.</summary>
    public void Cut()
    {
        _isCut = true;
        Break();
    }

    /// <summary>Lets nothing pass any more, in connections that stay open, until <see cref="Mend"/> breaks those.</summary>
    public void Freeze() => _frozen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Holds everything up for so long, in both directions, until <see cref="Mend"/>.</summary>
    public void Slow(TimeSpan delay) => _delayMilliseconds = (int)delay.TotalMilliseconds;

    public void Mend()
    {
        _isCut = false;
        _delayMilliseconds = 0;
        if (Interlocked.Exchange(ref _frozen, null) is { } frozen)
        {
            Break();
            frozen.SetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Mend();
        Cut();
        _listener.Stop();
        await _loop;
    }

    private void Break()
    {
        foreach (var client in _clients.Keys)
            client.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> carried = [];
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                if (_isCut)
                    client.Dispose();
                else
                    carried.Add(CarryAsync(client));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The listener was stopped, while this waited for a connection or dealt with one.
        }

        await Task.WhenAll(carried);
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        (_clients[client], _clients[server]) = (true, true);
        try
        {
            await server.ConnectAsync(_broker.Host, _broker.Port);
            await Task.WhenAny(CopyAsync(client, server), CopyAsync(server, client));
        }
        catch (SocketException)
        {
            // The broker is down, as the gateway is now told.
        }
        finally
        {
            client.Dispose();
            _clients.TryRemove(client, out _);
            _clients.TryRemove(server, out _);
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        try
        {
            var (source, target) = (from.GetStream(), to.GetStream());
            var buffer = new byte[64 * 1024];
            while (await source.ReadAsync(buffer) is > 0 and var read)
            {
                if (_frozen is { } frozen)
                    await frozen.Task;
                if (_delayMilliseconds is > 0 and var delay)
                    await Task.Delay(delay);
                await target.WriteAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // One side is gone, and so is the other.
        }
    }
}
