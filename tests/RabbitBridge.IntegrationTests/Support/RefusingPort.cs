using System.Net;
using System.Net.Sockets;

namespace RabbitBridge.IntegrationTests;

/// <summary>A port on which nobody listens, nor can while the test has it.</summary>
internal sealed class RefusingPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public RefusingPort() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public int Number => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public Uri Broker => new($"amqp://guest:guest@127.0.0.1:{Number}/");

    public void Dispose() => _socket.Dispose();
}
