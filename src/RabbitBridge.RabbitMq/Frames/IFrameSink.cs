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

    void OnCancel(long id);

    void OnPresence(PresenceMessage message);

    /// <summary>The sender of a request asks whether this gateway has it.</summary>
    void OnInquiry(long id);

    /// <summary>To which sessions a filter request was sent.</summary>
    void OnCount(FilterCount count);

    /// <summary>So many answers to a filter request have been taken up.</summary>
    void OnCredit(long id, int answers);

    /// <summary>The sender wants to be told of this gateway's sessions, or not any more.</summary>
    void OnListen(bool isOn);

    void OnSessionEvent(SessionEvent what);

    /// <summary>A request that could be read but must not be routed; its sender is to be told.</summary>
    void OnBadRequest(long id, ErrorReason reason, string problem);

    /// <summary>A message of a type that a later version of the contract may have; it was passed over.</summary>
    void OnUnknown(int type);
}
