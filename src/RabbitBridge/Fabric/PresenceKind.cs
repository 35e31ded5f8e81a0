namespace RabbitBridge.Fabric;

/// <summary>The messages of the presence protocol. The numbers are those of the wire contract.</summary>
internal enum PresenceKind
{
    /// <summary>To all, at intervals: the sender lives, and its routes have this version.</summary>
    Heartbeat = 1,

    /// <summary>To one: all routes of the sender.</summary>
    Snapshot = 2,

    /// <summary>To all: routes that the sender has added and withdrawn since the base version.</summary>
    Change = 3,

    /// <summary>To one: send me your snapshot.</summary>
    SnapshotRequest = 4,

    /// <summary>To one: I route by this version of your routes.</summary>
    Acknowledgement = 5,

    /// <summary>To one: answer, if you are there.</summary>
    Probe = 6,

    /// <summary>To one: I am here.</summary>
    ProbeAnswer = 7,

    /// <summary>To all: the sender leaves now.</summary>
    Goodbye = 8,
}
