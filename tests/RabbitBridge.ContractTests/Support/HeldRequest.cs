namespace RabbitBridge.ContractTests;

/// <summary>A request that a test holds and answers when it likes.</summary>
public sealed record HeldRequest(string Text, string Path, IRequestContext? Context, IResponder<string> Responder);
