using RabbitBridge.Benchmarks.Control;
using RabbitMQ.Client;

namespace RabbitBridge.Benchmarks.Raw;

/// <summary>
/// What a hand-tuned process has: one channel that publishes, without confirms unless it is to be safe, one that consumes an exclusive queue. Both on
/// one connection: with two, the clients need twice the processor time for 128 callers (167 us a request against 75 us).
/// </summary>
internal sealed class RawConnection : IAsyncDisposable
{
    // Without automatic acknowledgement; as a gateway has it.
    private const ushort Prefetch = 256;

    private readonly IConnection _connection;

    private RawConnection(IConnection connection, IChannel publishing, IChannel consuming, string queue) =>
        (_connection, Publishing, Consuming, Queue) = (connection, publishing, consuming, queue);

    public IChannel Publishing { get; }

    public IChannel Consuming { get; }

    /// <summary>The name of the process's own queue.</summary>
    public string Queue { get; }

    public static async Task<RawConnection> OpenAsync(Site site, bool isSafe, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory
        {
            Uri = site.Broker,
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            ConsumerDispatchConcurrency = 1,
        };
        var connection = await factory.CreateConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var publishing = await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: isSafe, publisherConfirmationTrackingEnabled: isSafe), cancellationToken).ConfigureAwait(false);
            var consuming = await connection.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            await consuming.BasicQosAsync(0, Prefetch, global: false, cancellationToken).ConfigureAwait(false);
            var queue = await consuming.QueueDeclareAsync(
                queue: string.Empty,
                durable: false,
                exclusive: true,
                autoDelete: true,
                arguments: new Dictionary<string, object?> { ["x-queue-type"] = "classic" },
                cancellationToken: cancellationToken).ConfigureAwait(false);
            return new RawConnection(connection, publishing, consuming, queue.QueueName);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Consumes the queue.</summary>
    public Task ConsumeAsync(IAsyncBasicConsumer consumer, bool autoAck, CancellationToken cancellationToken) =>
        Consuming.BasicConsumeAsync(Queue, autoAck, consumer, cancellationToken);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
