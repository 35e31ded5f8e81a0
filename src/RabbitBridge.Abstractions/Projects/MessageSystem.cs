namespace RabbitBridge;

/// <summary>What a project message is delivered to.</summary>
public enum MessageSystem
{
    /// <summary>A gateway.</summary>
    Gateway,

    /// <summary>A client session.</summary>
    Client,
}
