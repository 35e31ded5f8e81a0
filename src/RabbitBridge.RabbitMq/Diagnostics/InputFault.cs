namespace RabbitBridge.RabbitMq.Diagnostics;

/// <summary>What can be wrong with a message from the broker.</summary>
internal enum InputFault
{
    MalformedFrame,
    UnknownFrameVersion,
    UnknownMessageType,
    MissingReplyAddress,
    InvalidPath,
    InvalidRequest,
    MalformedResponse,
    Oversized,
    AccessDenied,
    ForbiddenReplyAddress,
    ForgedResponse,
}
