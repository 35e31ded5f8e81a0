using RabbitBridge.Fabric;

namespace RabbitBridge.RabbitMq.Frames;

/// <summary>Takes the messages of a frame, one after the other.</summary>
internal interface IFrameSink
{
    /// <summary>When the frame was sent. The times of its requests count from when it was begun.</summary>
    /// <param name="at">By the clock of its sender, in milliseconds.</param>
    /// <param name="waited">How long before that it was begun, in milliseconds.</param>
    void OnSent(long at, int waited);

    void OnRequest(in RequestEnvelope request);

    void OnResponse(in ResponseEnvelope response);

    /// <summary>Anything else that gateways tell each other.</summary>
    void OnMessage(LinkMessage message);

    /// <summary>A request that could be read but must not be routed; its sender is to be told.</summary>
    void OnBadRequest(long id, ErrorReason reason, string problem);

    /// <summary>A message of a type that a later version of the contract may have; it was passed over.</summary>
    void OnUnknown(int type);
}
