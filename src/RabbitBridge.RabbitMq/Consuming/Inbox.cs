using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.RabbitMq.Frames;
using RabbitBridge.RabbitMq.Links;
using RabbitBridge.RabbitMq.PublicPlane;
using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace RabbitBridge.RabbitMq.Consuming;

/// <summary>The gateway's own queue: frames from other gateways, presence, answers from plain AMQP services, and plain clients' requests to sessions.</summary>
internal sealed class Inbox(IChannel channel, EpochLinks links, PublicContext context) : IAsyncBasicConsumer
{
    private const ushort Prefetch = 256;

    // The inbox dies with its connection, so acks are flow control and nothing else: one for many costs next to nothing.
    private const int AckEvery = 64;

    // Or the broker would take the consumer for dead after its consumer_timeout; the own probes see to it that messages come.
    private const int AckAfterMilliseconds = 1000;

    private readonly Epoch _epoch = context.Epoch;
    private int _unacknowledged;
    private long _acknowledgedAt = context.Epoch.Clock.Now;

    public IChannel Channel => channel;

    public static async Task OpenAsync(IChannel channel, EpochLinks links, PublicContext context, long maxBytes, CancellationToken cancellationToken)
    {
        var epoch = context.Epoch;
        await channel.QueueDeclareAsync(
            epoch.Address,
            durable: false,
            exclusive: true,
            autoDelete: false,
            new Dictionary<string, object?>
            {
                ["x-queue-type"] = "classic",
                ["x-max-length-bytes"] = maxBytes,
                ["x-overflow"] = "reject-publish",
                ["x-dead-letter-exchange"] = epoch.Names.DeadLetter,
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.QueueBindAsync(epoch.Address, epoch.Names.Gateway, epoch.Address, cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.QueueBindAsync(epoch.Address, epoch.Names.Presence, string.Empty, cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.QueueBindAsync(epoch.Address, epoch.Names.Session, "#", cancellationToken: cancellationToken).ConfigureAwait(false);
        foreach (var key in new[] { epoch.Name, PublicProjectMessage.EveryGateway })
            await channel.QueueBindAsync(epoch.Address, epoch.Names.Project, key, cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.BasicQosAsync(0, Prefetch, global: false, cancellationToken).ConfigureAwait(false);
        await channel.BasicConsumeAsync(epoch.Address, autoAck: false, new Inbox(channel, links, context), cancellationToken).ConfigureAwait(false);
    }

    public async Task HandleBasicDeliverAsync(
        string consumerTag,
        ulong deliveryTag,
        bool redelivered,
        string exchange,
        string routingKey,
        IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        // Nobody hears of what would come of it: the answer could not get out.
        if (_epoch.Ended.IsCompleted)
            return;
        if (!TryReceive(exchange, routingKey, properties, body))
        {
            // The acknowledgement of many must not end at this one, which is settled: the broker would close the channel.
            await channel.BasicNackAsync(deliveryTag, multiple: false, requeue: false, cancellationToken).ConfigureAwait(false);
            return;
        }

        var now = _epoch.Clock.Now;
        if (++_unacknowledged < AckEvery && now - _acknowledgedAt < AckAfterMilliseconds)
            return;
        (_unacknowledged, _acknowledgedAt) = (0, now);
        await channel.BasicAckAsync(deliveryTag, multiple: true, cancellationToken).ConfigureAwait(false);
    }

    public Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        _epoch.End("The broker has cancelled the consumer of the own inbox.");
        return Task.CompletedTask;
    }

    public Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason) => Task.CompletedTask;

    /// <returns>Whether the message could be read; what could not is dead-lettered.</returns>
    private bool TryReceive(string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body)
    {
        try
        {
            switch (properties.Type)
            {
                case FrameFormat.Type or ProbeMessage.Type when !BadFrame.IsFromGateway(properties, _epoch):
                    return false;
                case FrameFormat.Type when properties.ReplyTo == _epoch.Address && exchange != _epoch.Names.Gateway:
                    // The own presence and filter requests, which come back as they go to all.
                    break;
                case FrameFormat.Type:
                    // Frames that the broker confirms carry a number, to be known again when they are returned.
                    links.LinkToSender(properties.ReplyTo).Inbound.Read(body.ToArray(), isLone: properties.MessageId is null);
                    break;
                case ProbeMessage.Type when properties.ReplyTo == _epoch.Address:
                    _epoch.SelfProbe.Arrived();
                    break;
                case ProbeMessage.Type:
                    // A newcomer has asked the broker whether anybody is there.
                    break;
                case var _ when exchange == _epoch.Names.Session:
                    return PublicFilterReply.TryReceive(routingKey, properties, body, context);
                case var _ when exchange == _epoch.Names.Project:
                    return PublicProjectMessage.TryReceive(properties, body, context);
                default:
                    return PublicResponse.TryReceive(properties, body, context);
            }

            return true;
        }
        catch (FrameException exception)
        {
            BadFrame.Refuse(exception, properties, context);
            return false;
        }
#pragma warning disable CA1031 // One message that cannot be handled must not end the consumer.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.DeliveryFailed(_epoch.Logger, exception);
            return false;
        }
    }
}
