namespace RabbitBridge.RabbitMq.Frames;

/// <summary>A frame cannot be read.</summary>
internal sealed class FrameException(FrameDefect defect, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    public FrameDefect Defect { get; } = defect;
}
