using RabbitBridge.Benchmarks.Control;
using RabbitMQ.Client;

namespace RabbitBridge.Benchmarks.Scenarios;

/// <summary>
/// Removes the exchanges of a pair of gateways, and the queue for dead letters, from a broker that is somebody else's. They are durable, as the wire
/// contract wants; the other queues go with their processes.
/// </summary>
internal static class Leftovers
{
    public static async Task RemoveAsync(Site site)
    {
        var connection = await new ConnectionFactory { Uri = site.Broker }.CreateConnectionAsync().ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var channel = await connection.CreateChannelAsync().ConfigureAwait(false);
            await using (channel.ConfigureAwait(false))
            {
                var names = new RabbitMq.Topology.Names(site.Prefix);
                await channel.QueueDeleteAsync(names.DeadLetter).ConfigureAwait(false);
                foreach (var exchange in names.Exchanges)
                    await channel.ExchangeDeleteAsync(exchange).ConfigureAwait(false);
            }
        }
    }
}
