namespace RabbitBridge;

/// <summary>A value as it goes over the wire.</summary>
/// <param name="ContentType">Its content type.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="IsTransient">Whether the bytes are those of a buffer, and change when that is used again.</param>
internal readonly record struct EncodedValue(string ContentType, ReadOnlyMemory<byte> Bytes, bool IsTransient);
