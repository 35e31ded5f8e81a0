using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.RabbitMq.Frames;
using RabbitBridge.RabbitMq.Links;
using RabbitBridge.RabbitMq.PublicPlane;
using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace RabbitBridge.RabbitMq.Consuming;

/// <summary>Takes the requests of one branch from its queue.</summary>
internal sealed class BranchConsumer(Acknowledgements acknowledgements, BranchAnnouncement branch, EpochLinks links, PublicContext context, Action<BranchConsumer> onLost) : IAsyncBasicConsumer
{
    private readonly Epoch _epoch = context.Epoch;
    private readonly int _depth = branch.Path.Depth;

    public IChannel Channel => acknowledgements.Channel;

    public BranchAnnouncement Branch => branch;

    public string Tag { get; set; } = string.Empty;

    /// <summary>Whether the broker, or the end of the channel, has ended it.</summary>
    public bool IsLost { get; private set; }

    public Task HandleBasicDeliverAsync(
        string consumerTag,
        ulong deliveryTag,
        bool redelivered,
        string exchange,
        string routingKey,
        IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        // What is delivered after the end of the epoch is delivered again elsewhere, or in the next.
        if (_epoch.Ended.IsCompleted)
            return Task.CompletedTask;
        var delivery = new Delivery(acknowledgements, deliveryTag);
        try
        {
            switch (properties.Type)
            {
                case ProbeMessage.Type or FrameFormat.Type when !BadFrame.IsFromGateway(properties, _epoch):
                    delivery.Unreadable();
                    break;
                case ProbeMessage.Type:
                    break;
                case FrameFormat.Type:
                    var sink = new QueuedFrames(
                        links.LinkToSender(properties.ReplyTo), delivery, mayHaveRun: redelivered && !branch.Redelivery, _epoch);
                    FrameReader.Read(body.ToArray(), sink);
                    break;
                default:
                    ReceivePublic(delivery, redelivered, routingKey, properties, body);
                    break;
            }
        }
        catch (FrameException exception)
        {
            BadFrame.Refuse(exception, properties, context);
            delivery.Unreadable();
        }
#pragma warning disable CA1031 // One message that cannot be handled must not end the consumer, nor come again for ever.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.DeliveryFailed(_epoch.Logger, exception);
            delivery.Unreadable();
        }

        delivery.RequestEnded();
        return Task.CompletedTask;
    }

    public Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        // An operator has deleted the queue, or its node is gone.
        OnLost();
        return Task.CompletedTask;
    }

    public Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        OnLost();
        return Task.CompletedTask;
    }

    private void OnLost()
    {
        IsLost = true;
        onLost(this);
    }

    private void ReceivePublic(Delivery delivery, bool redelivered, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body)
    {
        if (!PublicReply.IsAllowed(properties, _epoch))
        {
            delivery.Unreadable();
            return;
        }

        // What is to be redelivered is answered by whoever gets it then.
        var reply = new PublicReply(properties.ReplyTo, properties.CorrelationId, context) { EndsWithEpoch = !branch.Redelivery };
        if (reply.EndsWithEpoch)
            context.Unanswered.Add(reply);
        var replyTo = delivery.ReplyTo(reply);
        if (!PublicRequest.TryRead(properties, routingKey, body, _depth, PublicRequest.KnownHeaders, _epoch, out var request, out var problem))
        {
            delivery.Unreadable();
            replyTo.Reply(ResponseEnvelope.Failed(0, problem.Reason, problem.Text));
        }
        else if (!PublicAccess.IsPermitted(properties, request.Path, _epoch, out problem, Permission.SendToMessageHandler))
            replyTo.Reply(ResponseEnvelope.Failed(0, problem.Reason, problem.Text));
        else if (redelivered && !branch.Redelivery)
            replyTo.Reply(GoneGateway.MayHaveRun(0));
        else
            _epoch.Events.OnPublicRequest(replyTo, request);
    }
}
