using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Topology;

/// <summary>Declares the exchanges of the wire contract, and the queue for what could not be read. All are durable and shared by every gateway with the same prefix.</summary>
internal static class Exchanges
{
    // A flood must not fill the broker; the newest tell most.
    private const int MaxDeadLetters = 1000;
    private const int MaxDeadBytes = 16 * 1024 * 1024;

    /// <summary>Declares them in one go: the broker answers the last of some forty operations, and closes the channel over the first that it refuses.</summary>
    public static async Task DeclareAsync(IConnection connection, Names names, CancellationToken cancellationToken)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        await using (channel.ConfigureAwait(false))
            await DeclareAsync(channel, names, cancellationToken).ConfigureAwait(false);
    }

    private static async Task DeclareAsync(IChannel channel, Names names, CancellationToken cancellationToken)
    {
        for (var depth = 0; depth <= Names.MaxDepth; depth++)
            await DeclareAsync(channel, names.Level(depth), ExchangeType.Topic, depth == 0 ? null : names.Level(depth - 1), cancellationToken).ConfigureAwait(false);
        await DeclareAsync(channel, names.Request, ExchangeType.Topic, names.Level(Names.MaxDepth), cancellationToken).ConfigureAwait(false);
        for (var depth = 1; depth <= Names.MaxDepth; depth++)
            await channel.ExchangeBindAsync(names.Level(depth), names.Request, RoutingKeys.ForDepth(depth), noWait: true, cancellationToken: cancellationToken).ConfigureAwait(false);
        foreach (var (name, type) in new[]
        {
            (names.Gateway, ExchangeType.Direct),
            (names.Filter, ExchangeType.Headers),
            (names.Session, ExchangeType.Topic),
            (names.Presence, ExchangeType.Fanout),
            (names.Project, ExchangeType.Direct),
            (names.Service, ExchangeType.Headers),
            (names.Event, ExchangeType.Topic),
            (names.DeadLetter, ExchangeType.Fanout),
        })
            await DeclareAsync(channel, name, type, alternate: null, cancellationToken).ConfigureAwait(false);
        await channel.QueueDeclareAsync(
            names.DeadLetter,
            durable: true,
            exclusive: false,
            autoDelete: false,
            new Dictionary<string, object?>
            {
                ["x-queue-type"] = "classic",
                ["x-max-length"] = MaxDeadLetters,
                ["x-max-length-bytes"] = MaxDeadBytes,
                ["x-overflow"] = "drop-head",
            },
            noWait: true,
            cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.QueueBindAsync(names.DeadLetter, names.DeadLetter, string.Empty, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    private static Task DeclareAsync(IChannel channel, string name, string type, string? alternate, CancellationToken cancellationToken) =>
        channel.ExchangeDeclareAsync(
            name,
            type,
            durable: true,
            autoDelete: false,
            arguments: alternate is null ? null : new Dictionary<string, object?> { ["alternate-exchange"] = alternate },
            noWait: true,
            cancellationToken: cancellationToken);
}
