namespace RabbitBridge;

/// <summary>In which queue a gateway's message handler stands.</summary>
public enum HandlerThreading
{
    /// <summary>In that of its project: all its messages one after the other, in the order in which they arrived. A slow handler delays the others.</summary>
    Shared,

    /// <summary>In one of its own.</summary>
    Dedicated,
}
