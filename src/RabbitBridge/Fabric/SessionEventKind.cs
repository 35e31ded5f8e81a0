namespace RabbitBridge.Fabric;

/// <summary>The kinds of session events. The numbers are those of the wire contract.</summary>
internal enum SessionEventKind
{
    /// <summary>The session is open.</summary>
    Opened = 1,

    /// <summary>Properties or roles have changed.</summary>
    Changed = 2,

    /// <summary>The session is closed.</summary>
    Closed = 3,

    /// <summary>All open sessions are told now, whatever was told before.</summary>
    Replaying = 4,

    /// <summary>All open sessions have been told.</summary>
    Replayed = 5,
}
