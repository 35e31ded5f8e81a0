namespace RabbitBridge.Cli.Values;

/// <summary>A value in its encoded form.</summary>
/// <param name="ContentType">Its data type.</param>
/// <param name="Bytes">Its bytes.</param>
internal sealed record Payload(string ContentType, ReadOnlyMemory<byte> Bytes);
