using System.Buffers;

namespace RabbitBridge;

/// <summary>How values of a type are written to and read from the wire.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
public abstract class DataType<T>
{
    /// <summary>The content type that goes along with what <see cref="Write"/> writes, one of <see cref="ContentTypes"/> or another media type of at most 255 bytes. Types that begin with <c>application/vnd.rabbitbridge.</c> and are not among those are refused with <see cref="ErrorReason.InvalidData"/>, as is a charset other than UTF-8.</summary>
    public abstract string ContentType { get; }

    /// <summary>The content type of one value, for types whose values differ in it.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Unless overridden, <see cref="ContentType"/>.</returns>
    public virtual string ContentTypeOf(T value) => ContentType;

    /// <summary>Writes a value. Whatever it throws, whoever sends the value gets as <see cref="ErrorReason.InvalidData"/>.</summary>
    /// <param name="value">The value.</param>
    /// <param name="writer">Where to write.</param>
    /// <exception cref="InvalidMessageDataException">The value cannot be written; the message says what of it.</exception>
    public abstract void Write(T value, IBufferWriter<byte> writer);

    /// <summary>Gives the bytes of a value that is bytes already, so that nothing needs to be copied.</summary>
    /// <param name="value">The value.</param>
    /// <param name="bytes">Its bytes when the result is <see langword="true"/>. They must not change until the request is answered.</param>
    /// <returns>Whether the value is its own bytes; <see langword="false"/> unless overridden.</returns>
    public virtual bool TryGetBytes(T value, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        return false;
    }

    /// <summary>Whether values of a content type can be read as this type.</summary>
    /// <param name="contentType">The content type that came along.</param>
    /// <returns>Unless overridden, whether it names the same media type as <see cref="ContentType"/>: parameters, blanks and the case of letters make no difference (RFC 9110, section 8.3.1).</returns>
    public virtual bool CanRead(string contentType) => MediaType.IsSame(contentType, ContentType);

    /// <summary>Reads a value.</summary>
    /// <param name="contentType">The content type that came along; <see cref="CanRead"/> said yes to it.</param>
    /// <param name="bytes">The bytes. They stay valid for as long as somebody holds them.</param>
    /// <returns>The value.</returns>
    /// <exception cref="InvalidMessageDataException">The bytes are not valid for the type. Anything else that is thrown is taken for the same.</exception>
    public abstract T Read(string contentType, ReadOnlyMemory<byte> bytes);
}
