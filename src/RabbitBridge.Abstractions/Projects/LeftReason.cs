namespace RabbitBridge;

/// <summary>Why a message is not waited for any more.</summary>
internal enum LeftReason
{
    /// <summary>Its handler took longer than it may.</summary>
    TimeOver,

    /// <summary>Nobody waits for its outcome.</summary>
    NobodyWaits,

    /// <summary>Whoever has its handler is closed.</summary>
    Closed,
}
