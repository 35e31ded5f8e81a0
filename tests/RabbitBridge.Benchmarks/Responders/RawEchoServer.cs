using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Raw;

namespace RabbitBridge.Benchmarks.Responders;

/// <summary>An echo server over RabbitMQ.Client.</summary>
internal sealed class RawEchoServer : IEchoServer
{
    private readonly RawConnection _connection;

    private RawEchoServer(RawConnection connection) => _connection = connection;

    public string Address => _connection.Queue;

    public static async Task<RawEchoServer> StartAsync(AnswerRaw order, CancellationToken cancellationToken)
    {
        var connection = await RawConnection.OpenAsync(order.Site, cancellationToken).ConfigureAwait(false);
        await connection.ConsumeAsync(new EchoConsumer(connection.Consuming, connection.Publishing), cancellationToken).ConfigureAwait(false);
        return new RawEchoServer(connection);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
