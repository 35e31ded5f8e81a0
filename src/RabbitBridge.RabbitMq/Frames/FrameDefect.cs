namespace RabbitBridge.RabbitMq.Frames;

/// <summary>What is wrong with a frame.</summary>
internal enum FrameDefect
{
    Malformed,
    UnknownVersion,
    UnknownSender,
}
