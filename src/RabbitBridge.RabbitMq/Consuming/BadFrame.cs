using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.RabbitMq.Frames;
using RabbitBridge.RabbitMq.PublicPlane;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Consuming;

/// <summary>A frame that cannot be read: counted, and answered in the form that every AMQP client understands.</summary>
internal static class BadFrame
{
    public static void Refuse(FrameException exception, IReadOnlyBasicProperties properties, Epoch epoch)
    {
        epoch.Faults.Report(
            exception.Defect switch
            {
                FrameDefect.UnknownVersion => InputFault.UnknownFrameVersion,
                FrameDefect.UnknownSender => InputFault.MissingReplyAddress,
                _ => InputFault.MalformedFrame,
            },
            $"From '{properties.ReplyTo}': {exception.Message}");
        if (properties.ReplyTo is { Length: > 0 } replyTo)
        {
            epoch.Publisher.Schedule(
                new PublicResponse(replyTo, properties.CorrelationId, ResponseEnvelope.Failed(0, ErrorReason.InvalidData, exception.Message), epoch),
                inline: false);
        }
    }
}
