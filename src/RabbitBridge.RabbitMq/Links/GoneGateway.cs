using RabbitBridge.Fabric;

namespace RabbitBridge.RabbitMq.Links;

/// <summary>The answer in place of a gateway that took a request and is gone, be its requester a gateway or a plain client.</summary>
internal static class GoneGateway
{
    public static ResponseEnvelope MayHaveRun(long id) => ResponseEnvelope.Failed(
        id, ErrorReason.CommunicationFailure, "The gateway that had the request is gone; whether it was executed is not known.");
}
