using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Measuring;
using RabbitBridge.Benchmarks.Raw;
using RabbitMQ.Client;

namespace RabbitBridge.Benchmarks.Callers;

/// <summary>
/// RPC as one writes it by hand with RabbitMQ.Client, with what makes it fast: no confirms, nothing mandatory, automatic
/// acknowledgement; or with what makes it safe: a request that nobody takes, or that the broker loses, is an exception.
/// </summary>
internal sealed class RawCaller : ICaller
{
    private readonly PendingReplies _pending = new();
    private readonly RawConnection _connection;
    private readonly CallRaw _order;

    private RawCaller(RawConnection connection, CallRaw order) => (_connection, _order) = (connection, order);

    public static async Task<RawCaller> StartAsync(CallRaw order, CancellationToken cancellationToken)
    {
        var connection = await RawConnection.OpenAsync(order.Site, order.IsSafe, cancellationToken).ConfigureAwait(false);
        var caller = new RawCaller(connection, order);
        await connection.ConsumeAsync(new ReplyConsumer(connection.Consuming, caller._pending), autoAck: true, cancellationToken).ConfigureAwait(false);
        return caller;
    }

    public async Task RunAsync(int index, ReadOnlyMemory<byte> body, LatencyRecorder recorder)
    {
        while (recorder.Continues)
        {
            var (id, reply) = _pending.Add();
            var properties = new BasicProperties { ReplyTo = _connection.Queue, CorrelationId = id };
            await _connection.Publishing.BasicPublishAsync(_order.Exchange, _order.RoutingKey, mandatory: _order.IsSafe, properties, body).ConfigureAwait(false);
            var response = await reply.ConfigureAwait(false);
            recorder.Completed();
            Echo.Check(response, body);
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
