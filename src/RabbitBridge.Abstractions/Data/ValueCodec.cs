using System.Buffers;

namespace RabbitBridge;

/// <summary>Writes and reads the application's values by its data types: whatever one of those throws is INVALID_DATA.</summary>
internal static class ValueCodec
{
    /// <param name="what">What the value is, for errors: a request or a response.</param>
    /// <param name="type">The data type.</param>
    /// <param name="value">The value.</param>
    /// <param name="buffer">Where it is written, unless it is bytes already.</param>
    /// <exception cref="MessagingException">It cannot be written: <see cref="ErrorReason.InvalidData"/>.</exception>
    public static EncodedValue Write<T>(string what, DataType<T> type, T value, ArrayBufferWriter<byte> buffer)
    {
        try
        {
            var contentType = type.ContentTypeOf(value);
            MediaType.Check(contentType);
            if (type.TryGetBytes(value, out var bytes))
                return new EncodedValue(contentType, bytes, IsTransient: false);
            type.Write(value, buffer);
            return new EncodedValue(contentType, buffer.WrittenMemory, IsTransient: true);
        }
#pragma warning disable CA1031 // Whatever a data type throws, the value cannot be written.
        catch (Exception exception) when (exception is not MessagingException)
#pragma warning restore CA1031
        {
            throw new InvalidMessageDataException(value is null ? $"The {what} is null." : $"The {what} cannot be written as '{type.ContentType}': {exception.Message}", exception);
        }
    }

    /// <param name="what">What the value is, for errors: a request or a response.</param>
    /// <param name="type">The data type.</param>
    /// <param name="contentType">The content type that came along.</param>
    /// <param name="bytes">The bytes.</param>
    /// <exception cref="MessagingException">It cannot be read: <see cref="ErrorReason.IncompatibleDatatype"/> or <see cref="ErrorReason.InvalidData"/>.</exception>
    public static T Read<T>(string what, DataType<T> type, string contentType, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (!type.CanRead(contentType))
                throw new IncompatibleDatatypeException($"The {what} is of type '{contentType}', which cannot be read as '{type.ContentType}'.");
            return type.Read(contentType, bytes);
        }
#pragma warning disable CA1031 // Whatever a data type throws, the value cannot be read.
        catch (Exception exception) when (exception is not MessagingException)
#pragma warning restore CA1031
        {
            throw new InvalidMessageDataException($"The {what} cannot be read: {exception.Message}", exception);
        }
    }
}
