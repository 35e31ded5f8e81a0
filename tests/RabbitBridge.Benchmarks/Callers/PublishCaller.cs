using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Measuring;
using RabbitMQ.Client;

namespace RabbitBridge.Benchmarks.Callers;

/// <summary>Publishes to a queue over RabbitMQ.Client, and waits for each confirm with the client's own tracking.</summary>
internal sealed class PublishCaller(IConnection connection, IChannel channel, string queue) : ICaller
{
    public static async Task<PublishCaller> StartAsync(PublishRaw order, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory { Uri = order.Site.Broker, AutomaticRecoveryEnabled = false, TopologyRecoveryEnabled = false };
        var connection = await factory.CreateConnectionAsync(cancellationToken).ConfigureAwait(false);
        var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken).ConfigureAwait(false);
        return new PublishCaller(connection, channel, order.Queue);
    }

    public async Task RunAsync(int index, ReadOnlyMemory<byte> body, LatencyRecorder recorder)
    {
        while (recorder.Continues)
        {
            await channel.BasicPublishAsync(string.Empty, queue, mandatory: true, new BasicProperties(), body).ConfigureAwait(false);
            recorder.Completed();
        }
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
