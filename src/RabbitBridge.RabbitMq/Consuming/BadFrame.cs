using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.RabbitMq.Frames;
using RabbitBridge.RabbitMq.PublicPlane;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Consuming;

/// <summary>
/// A frame that cannot be read: counted, and answered in the form that every AMQP client understands. One from a user who is no
/// gateway is not even answered.
/// </summary>
internal static class BadFrame
{
    /// <summary>Whether the sender may send frames; if not, the fault is counted.</summary>
    public static bool IsFromGateway(IReadOnlyBasicProperties properties, Epoch epoch)
    {
        if (epoch.IsGateway(properties.UserId))
            return true;
        epoch.Faults.Report(
            InputFault.AccessDenied,
            $"A message of the type {properties.Type} of the AMQP user '{properties.UserId}', who is no gateway (Security:AmqpUsers names those that are), with the reply address '{properties.ReplyTo}'.");
        return false;
    }

    public static void Refuse(FrameException exception, IReadOnlyBasicProperties properties, PublicContext context)
    {
        var epoch = context.Epoch;
        epoch.Faults.Report(
            exception.Defect switch
            {
                FrameDefect.UnknownVersion => InputFault.UnknownFrameVersion,
                FrameDefect.UnknownSender => InputFault.MissingReplyAddress,
                _ => InputFault.MalformedFrame,
            },
            $"From '{properties.ReplyTo}': {exception.Message}");
        if (properties.ReplyTo is { Length: > 0 } replyTo && !epoch.Names.IsHandlerQueue(replyTo))
        {
            context.Publisher.Schedule(
                PublicResponse.Create(replyTo, properties.CorrelationId, ResponseEnvelope.Failed(0, ErrorReason.InvalidData, exception.Message), context),
                inline: false);
        }
    }
}
