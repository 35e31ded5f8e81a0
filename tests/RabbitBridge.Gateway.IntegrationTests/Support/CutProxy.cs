using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace RabbitBridge.Gateway.IntegrationTests;

/// <summary>A way to a gateway that can be cut, and opened again.</summary>
internal sealed class CutProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, bool> _clients = new();
    private readonly int _target;
    private readonly Task _loop;
    private volatile bool _isCut;
    private volatile TaskCompletionSource? _frozen;

    public CutProxy(Uri target)
    {
        _target = target.Port;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _loop = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>How many connections there have been.</summary>
    public int Connections { get; private set; }

    /// <summary>Breaks all connections; new ones are refused until <see cref="Mend"/>.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var client in _clients.Keys)
            client.Dispose();
    }

    public void Mend() => _isCut = false;

    /// <summary>Carries nothing, in neither direction, and breaks nothing, until <see cref="Thaw"/>.</summary>
    public void Freeze() => _frozen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw() => _frozen?.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Thaw();
        Cut();
        _listener.Stop();
        await _loop;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                if (_isCut)
                {
                    client.Dispose();
                    continue;
                }

                Connections++;
                _ = CarryAsync(client);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The listener was stopped, while this waited for a connection or dealt with one.
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer) is > 0 and var read)
        {
            if (_frozen is { } frozen)
                await frozen.Task;
            await to.WriteAsync(buffer.AsMemory(0, read));
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var server = new TcpClient();
        (_clients[client], _clients[server]) = (true, true);
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(CopyAsync(client.GetStream(), server.GetStream()), CopyAsync(server.GetStream(), client.GetStream()));
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // One side is gone, and so is the other.
        }
        finally
        {
            client.Dispose();
            _clients.TryRemove(client, out _);
            _clients.TryRemove(server, out _);
        }
    }
}
