using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Measuring;
using RabbitBridge.Benchmarks.Raw;
using RabbitMQ.Client;

namespace RabbitBridge.Benchmarks.Callers;

/// <summary>Publishes to its own queue and waits for the delivery: one round trip to the broker, the unit in which errors are measured.</summary>
internal sealed class PingCaller : ICaller
{
    private readonly PendingReplies _pending = new();
    private readonly RawConnection _connection;

    private PingCaller(RawConnection connection) => _connection = connection;

    public static async Task<PingCaller> StartAsync(PingRaw order, CancellationToken cancellationToken)
    {
        var connection = await RawConnection.OpenAsync(order.Site, isSafe: false, cancellationToken).ConfigureAwait(false);
        var caller = new PingCaller(connection);
        await connection.ConsumeAsync(new ReplyConsumer(connection.Consuming, caller._pending), autoAck: true, cancellationToken).ConfigureAwait(false);
        return caller;
    }

    public async Task RunAsync(int index, ReadOnlyMemory<byte> body, LatencyRecorder recorder)
    {
        while (recorder.Continues)
        {
            var (id, delivery) = _pending.Add();
            await _connection.Publishing.BasicPublishAsync(
                string.Empty, _connection.Queue, mandatory: false, new BasicProperties { CorrelationId = id }, body).ConfigureAwait(false);
            var delivered = await delivery.ConfigureAwait(false);
            recorder.Completed();
            Echo.Check(delivered, body);
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
