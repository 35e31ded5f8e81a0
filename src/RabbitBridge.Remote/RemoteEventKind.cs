namespace RabbitBridge.Remote;

/// <summary>What a session event tells. The numbers are those of docs/remote-protocol.md.</summary>
internal enum RemoteEventKind
{
    Opened = 1,
    Changed = 2,
    Closed = 3,
}
