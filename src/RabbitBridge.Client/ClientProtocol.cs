namespace RabbitBridge;

/// <summary>The SignalR hub protocols.</summary>
public enum ClientProtocol
{
    /// <summary>Binary; smaller and faster.</summary>
    MessagePack,

    /// <summary>Text, for what lies between and understands nothing else.</summary>
    Json,
}
