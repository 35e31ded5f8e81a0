using System.Buffers;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>Values on their way to and from messages.</summary>
internal static class Values
{
    /// <exception cref="MessagingException">The response is not of the type, or broken.</exception>
    public static TValue Read<TValue>(DataType<TValue> type, RemoteMessage message) =>
        ValueCodec.Read("response", type, message.ContentType ?? ContentTypes.Binary, message.Payload);

    /// <exception cref="MessagingException">The value cannot be written, or is too large.</exception>
    public static EncodedValue Write<TValue>(string what, DataType<TValue> type, TValue value, int maxBytes)
    {
        var written = ValueCodec.Write(what, type, value, new ArrayBufferWriter<byte>());
        if (written.Bytes.Length > maxBytes)
            throw new InvalidMessageDataException($"A {what} of {written.Bytes.Length} bytes is larger than the {maxBytes} bytes that may be sent.");
        return written;
    }
}
