namespace RabbitBridge.Fabric;

/// <summary>The kinds of session events. The numbers are those of the wire contract.</summary>
internal enum SessionEventKind
{
    /// <summary>The session is open, and has these properties.</summary>
    Open = 1,

    /// <summary>The session is closed.</summary>
    Closed = 2,

    /// <summary>All open sessions are told now, whatever was told before.</summary>
    Replaying = 3,

    /// <summary>All open sessions have been told.</summary>
    Replayed = 4,
}
