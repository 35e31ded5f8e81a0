namespace RabbitBridge.Fabric;

/// <summary>Nobody waits for the answer to a request any more.</summary>
/// <param name="Id">The number that its sender gave the request.</param>
internal sealed record CancelMessage(long Id) : LinkMessage("cancel");
