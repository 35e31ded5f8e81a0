using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Topology;

/// <summary>Declares the exchanges of the wire contract. All are durable and shared by every gateway with the same prefix.</summary>
internal static class Exchanges
{
    public static async Task DeclareAsync(IChannel channel, Names names, CancellationToken cancellationToken)
    {
        for (var depth = 0; depth <= Names.MaxDepth; depth++)
            await DeclareAsync(channel, names.Level(depth), ExchangeType.Topic, depth == 0 ? null : names.Level(depth - 1), cancellationToken).ConfigureAwait(false);
        await DeclareAsync(channel, names.Request, ExchangeType.Topic, names.Level(Names.MaxDepth), cancellationToken).ConfigureAwait(false);
        for (var depth = 1; depth <= Names.MaxDepth; depth++)
            await channel.ExchangeBindAsync(names.Level(depth), names.Request, RoutingKeys.ForDepth(depth), cancellationToken: cancellationToken).ConfigureAwait(false);
        await DeclareAsync(channel, names.Gateway, ExchangeType.Direct, null, cancellationToken).ConfigureAwait(false);
        await DeclareAsync(channel, names.Session, ExchangeType.Headers, null, cancellationToken).ConfigureAwait(false);
        await DeclareAsync(channel, names.Presence, ExchangeType.Fanout, null, cancellationToken).ConfigureAwait(false);
        await DeclareAsync(channel, names.Project, ExchangeType.Direct, null, cancellationToken).ConfigureAwait(false);
        await DeclareAsync(channel, names.Service, ExchangeType.Headers, null, cancellationToken).ConfigureAwait(false);
        await DeclareAsync(channel, names.Event, ExchangeType.Topic, null, cancellationToken).ConfigureAwait(false);
        await DeclareAsync(channel, names.DeadLetter, ExchangeType.Fanout, null, cancellationToken).ConfigureAwait(false);
    }

    private static Task DeclareAsync(IChannel channel, string name, string type, string? alternate, CancellationToken cancellationToken) =>
        channel.ExchangeDeclareAsync(
            name,
            type,
            durable: true,
            autoDelete: false,
            arguments: alternate is null ? null : new Dictionary<string, object?> { ["alternate-exchange"] = alternate },
            cancellationToken: cancellationToken);
}
