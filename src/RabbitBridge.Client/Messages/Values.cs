using System.Buffers;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>Values on their way to and from messages.</summary>
internal static class Values
{
    /// <exception cref="MessagingException">The response is not of the type, or broken.</exception>
    public static TValue Read<TValue>(DataType<TValue> type, RemoteMessage message)
    {
        var contentType = message.ContentType ?? ContentTypes.Binary;
        if (!type.CanRead(contentType))
            throw new IncompatibleDatatypeException($"The response is of type '{contentType}', which cannot be read as '{type.ContentType}'.");
        try
        {
            return type.Read(contentType, message.Payload);
        }
        catch (Exception exception) when (exception is not MessagingException)
        {
            throw new InvalidMessageDataException($"The response cannot be read: {exception.Message}", exception);
        }
    }

    public static ReadOnlyMemory<byte> Write<TValue>(DataType<TValue> type, TValue value)
    {
        if (type.TryGetBytes(value, out var bytes))
            return bytes;
        var buffer = new ArrayBufferWriter<byte>();
        type.Write(value, buffer);
        return buffer.WrittenMemory;
    }
}
