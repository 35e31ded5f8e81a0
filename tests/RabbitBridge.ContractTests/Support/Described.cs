namespace RabbitBridge.ContractTests;

/// <summary>A value that knows its own content type.</summary>
public sealed record Described(string ContentType, string Text);
