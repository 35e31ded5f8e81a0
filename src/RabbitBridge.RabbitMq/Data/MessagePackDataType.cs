using System.Buffers;
using MessagePack;
using MessagePack.Resolvers;
using RabbitBridge.RabbitMq.Data;

namespace RabbitBridge;

/// <summary>MessagePack, through the MessagePack library: values of types with its attributes, or known to the resolver.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <param name="options">
/// The serialiser's options; <see langword="null"/> for the standard ones. Data is always read as untrusted, since it comes from other processes.
/// </param>
public sealed class MessagePackDataType<T>(MessagePackSerializerOptions? options = null) : DataType<T>
{
    private readonly MessagePackSerializerOptions _options = Strict((options ?? MessagePackSerializerOptions.Standard).WithSecurity(MessagePackSecurity.UntrustedData));

    /// <inheritdoc/>
    public override string ContentType => ContentTypes.MessagePack;

    /// <inheritdoc/>
    public override void Write(T value, IBufferWriter<byte> writer)
    {
        try
        {
            MessagePackSerializer.Serialize(writer, value, _options);
        }
        catch (MessagePackSerializationException exception)
        {
            throw new InvalidMessageDataException($"A value of {typeof(T).Name} cannot be written as MessagePack: {exception.GetBaseException().Message}", exception);
        }
    }

    /// <inheritdoc/>
    public override T Read(string contentType, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return MessagePackSerializer.Deserialize<T>(bytes, _options);
        }
        catch (MessagePackSerializationException exception)
        {
            throw new InvalidMessageDataException($"The bytes are not MessagePack that fits {typeof(T).Name}: {exception.GetBaseException().Message}", exception);
        }
    }

    private static MessagePackSerializerOptions Strict(MessagePackSerializerOptions options) =>
        options.Resolver.GetFormatter<string?>() is { } text
            ? options.WithResolver(CompositeResolver.Create([new StrictTextFormatter(text)], [options.Resolver]))
            : options;
}
