using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Raw;
using RabbitMQ.Client;

namespace RabbitBridge.Benchmarks.Responders;

/// <summary>An echo server over RabbitMQ.Client.</summary>
internal sealed class RawEchoServer : IEchoServer
{
    private readonly RawConnection _connection;

    private RawEchoServer(RawConnection connection) => _connection = connection;

    public string Address => _connection.Queue;

    public static async Task<RawEchoServer> StartAsync(AnswerRaw order, CancellationToken cancellationToken)
    {
        var connection = await RawConnection.OpenAsync(order.Site, order.IsSafe, cancellationToken).ConfigureAwait(false);
        IAsyncBasicConsumer consumer = order.IsSafe
            ? new SafeEchoConsumer(connection.Consuming, connection.Publishing)
            : new EchoConsumer(connection.Consuming, connection.Publishing, order.Acknowledges);
        await connection.ConsumeAsync(consumer, autoAck: !order.IsSafe && !order.Acknowledges, cancellationToken).ConfigureAwait(false);
        if (order.Topic is { } topic)
            await connection.Consuming.QueueBindAsync(connection.Queue, "amq.topic", $"{topic}.#", cancellationToken: cancellationToken).ConfigureAwait(false);
        return new RawEchoServer(connection);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
