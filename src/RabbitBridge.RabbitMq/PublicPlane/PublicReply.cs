using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;

namespace RabbitBridge.RabbitMq.PublicPlane;

/// <summary>The way back to whoever published a request; nowhere, if it named no reply queue.</summary>
internal sealed class PublicReply(string? replyTo, string? correlationId, Epoch epoch) : IReplySink
{
    /// <summary>Whether the answer names this gateway, where several may answer.</summary>
    public bool TellsGateway { get; init; }

    public void Reply(in ResponseEnvelope response)
    {
        if (!string.IsNullOrEmpty(replyTo))
            epoch.Publisher.Schedule(new PublicResponse(replyTo, correlationId, response, epoch) { TellsGateway = TellsGateway }, inline: true);
    }

    // A caller that set no time of its own may still wait.
    public void Abandoned(long id) =>
        Reply(ResponseEnvelope.Failed(id, ErrorReason.RequestTimeOut, "The handler did not answer within the request's time."));
}
