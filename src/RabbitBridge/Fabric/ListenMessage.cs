namespace RabbitBridge.Fabric;

/// <summary>The sender wants to be told of the gateway's sessions, or not any more.</summary>
internal sealed record ListenMessage(bool IsOn) : LinkMessage("wish to listen");
