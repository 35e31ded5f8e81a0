using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.Cli.Demo;

/// <summary>Removes what gateways with one prefix have left at a broker, once they have ended.</summary>
internal sealed class BrokerTraces(Uri broker, string prefix)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Removes the durable exchanges, and makes sure that no queue is left: none may be bound to them any more.</summary>
    /// <param name="handlerQueues">The ends of handler queues' names, which must be gone too.</param>
    /// <exception cref="DemoFailedException">There is still a queue.</exception>
    public async Task RemoveAsync(IEnumerable<string> handlerQueues)
    {
        var factory = new ConnectionFactory { Uri = broker, ClientProvidedName = $"{prefix}/cleaner", AutomaticRecoveryEnabled = false };
        using var limit = new CancellationTokenSource(Limit);
        var connection = await factory.CreateConnectionAsync(limit.Token).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            // A queue goes with its last consumer, which the broker notices a little after the process's end.
            foreach (var queue in handlerQueues.Select(end => $"{prefix}.handler.{end}"))
                await UntilAsync(() => IsGoneAsync(connection, queue, limit.Token), $"Queue {queue} is still there.", limit.Token).ConfigureAwait(false);
            var names = new Names(prefix);
            await AskAsync(connection, Constants.NotFound, expected: true, channel => channel.QueueDeleteAsync(names.DeadLetter, cancellationToken: limit.Token), limit.Token).ConfigureAwait(false);
            // Only the levels are bound to it, which are not removed as long as a queue is bound to them.
            await DeleteAsync(connection, names.Request, ifUnused: false, limit.Token).ConfigureAwait(false);
            foreach (var exchange in names.Exchanges)
                await UntilAsync(() => DeleteAsync(connection, exchange, ifUnused: true, limit.Token), $"A queue is still bound to {exchange}.", limit.Token).ConfigureAwait(false);
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string otherwise, CancellationToken cancellationToken)
    {
        try
        {
            while (!await condition().ConfigureAwait(false))
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new DemoFailedException(otherwise);
        }
    }

    private static Task<bool> IsGoneAsync(IConnection connection, string queue, CancellationToken cancellationToken) =>
        AskAsync(connection, Constants.NotFound, expected: true, channel => channel.QueueDeclarePassiveAsync(queue, cancellationToken), cancellationToken);

    private static Task<bool> DeleteAsync(IConnection connection, string exchange, bool ifUnused, CancellationToken cancellationToken) =>
        AskAsync(
            connection,
            Constants.PreconditionFailed,
            expected: false,
            channel => channel.ExchangeDeleteAsync(exchange, ifUnused, cancellationToken: cancellationToken),
            cancellationToken);

    // A question that the broker answers with an error costs the channel.
    private static async Task<bool> AskAsync(
        IConnection connection, ushort refusal, bool expected, Func<IChannel, Task> question, CancellationToken cancellationToken)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        await using (channel.ConfigureAwait(false))
        {
            try
            {
                await question(channel).ConfigureAwait(false);
                return !expected;
            }
            catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == refusal)
            {
                return expected;
            }
        }
    }
}
