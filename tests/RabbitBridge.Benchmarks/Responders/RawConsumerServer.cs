using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Raw;

namespace RabbitBridge.Benchmarks.Responders;

/// <summary>A consumer over RabbitMQ.Client that does nothing.</summary>
internal sealed class RawConsumerServer(RawConnection connection) : IEchoServer
{
    public string Address => connection.Queue;

    public static async Task<RawConsumerServer> StartAsync(ConsumeRaw order, CancellationToken cancellationToken)
    {
        var connection = await RawConnection.OpenAsync(order.Site, isSafe: false, cancellationToken).ConfigureAwait(false);
        await connection.ConsumeAsync(new SilentConsumer(connection.Consuming), autoAck: true, cancellationToken).ConfigureAwait(false);
        return new RawConsumerServer(connection);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
