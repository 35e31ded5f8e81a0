using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Measuring;
using RabbitBridge.Benchmarks.Raw;
using RabbitMQ.Client;

namespace RabbitBridge.Benchmarks.Callers;

/// <summary>What one writes by hand to ask many: a request for each, all published before the first reply is waited for.</summary>
internal sealed class RawBatchCaller : ICaller
{
    private readonly PendingReplies _pending = new();
    private readonly RawConnection _connection;
    private readonly CallRawBatch _order;

    private RawBatchCaller(RawConnection connection, CallRawBatch order) => (_connection, _order) = (connection, order);

    public static async Task<RawBatchCaller> StartAsync(CallRawBatch order, CancellationToken cancellationToken)
    {
        var connection = await RawConnection.OpenAsync(order.Site, isSafe: false, cancellationToken).ConfigureAwait(false);
        var caller = new RawBatchCaller(connection, order);
        await connection.ConsumeAsync(new ReplyConsumer(connection.Consuming, caller._pending), autoAck: true, cancellationToken).ConfigureAwait(false);
        return caller;
    }

    public async Task RunAsync(int index, ReadOnlyMemory<byte> body, LatencyRecorder recorder)
    {
        var replies = new Task<ReadOnlyMemory<byte>>[_order.Requests];
        while (recorder.Continues)
        {
            for (var i = 0; i < replies.Length; i++)
            {
                (var id, replies[i]) = _pending.Add();
                var properties = new BasicProperties { ReplyTo = _connection.Queue, CorrelationId = id };
                await _connection.Publishing.BasicPublishAsync(string.Empty, _order.Queue, mandatory: false, properties, body).ConfigureAwait(false);
            }

            foreach (var response in await Task.WhenAll(replies).ConfigureAwait(false))
                Echo.Check(response, body);
            recorder.Completed();
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
