using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.PublicPlane;

/// <summary>The way back to whoever published a request; nowhere, if it named no reply queue.</summary>
internal sealed class PublicReply(string? replyTo, string? correlationId, PublicContext context) : IReplySink
{
    /// <summary>
    /// Whether an answer may be sent where a message wants it; if not, the fault is counted. A gateway may write to queues to which the
    /// sender may not: to an inbox it answers gateways alone, and nobody to a handler queue, where an answer would be a request, or to the dead letters.
    /// </summary>
    public static bool IsAllowed(IReadOnlyBasicProperties properties, Epoch epoch)
    {
        if (properties.ReplyTo is not { } replyTo
            || !(epoch.Names.IsForGateways(replyTo) || (epoch.Names.IsInbox(replyTo) && !epoch.IsGateway(properties.UserId))))
            return true;
        epoch.Faults.Report(
            InputFault.ForbiddenReplyAddress, $"The AMQP user '{properties.UserId}' wants an answer to be sent to '{replyTo}', a queue of gateways.");
        return false;
    }

    /// <summary>Whether the answer names this gateway, where several may answer.</summary>
    public bool TellsGateway { get; init; }

    /// <summary>Whether the request ends with COMMUNICATION_FAILURE if its answer does not get out in its epoch.</summary>
    public bool EndsWithEpoch { get; init; }

    public void Reply(in ResponseEnvelope response)
    {
        // What cannot be written any more is told in the next epoch; of others it is counted that it is lost.
        if (EndsWithEpoch && context.Epoch.Ended.IsCompleted)
            return;
        context.Unanswered.Remove(this);
        ReplyOver(context, response);
    }

    /// <summary>Answers over an epoch that need not be the one in which the request came.</summary>
    public void ReplyOver(PublicContext by, in ResponseEnvelope response)
    {
        if (!string.IsNullOrEmpty(replyTo))
            by.Publisher.Schedule(PublicResponse.Create(replyTo, correlationId, response, by, TellsGateway, EndsWithEpoch ? this : null), inline: true);
    }

    public void Abandoned(long id)
    {
        // It comes again, or is ended in the next epoch.
        if (context.Epoch.Ended.IsCompleted)
            return;
        // A caller that set no time of its own may still wait.
        Reply(ResponseEnvelope.Failed(id, ErrorReason.RequestTimeOut, "The handler did not answer within the request's time."));
    }
}
