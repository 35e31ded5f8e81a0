using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RabbitBridge;

/// <summary>Reads the primitive types as JSON too, as the Diffusion data types do: their digits are JSON, and text becomes a JSON string.</summary>
internal sealed class JsonDataType<T>(JsonTypeInfo<T> typeInfo) : DataType<T>
{
    [ThreadStatic]
    private static Utf8JsonWriter? ThreadWriter;

    public override string ContentType => ContentTypes.Json;

    public override bool CanRead(string contentType) =>
        MediaType.TypeOf(contentType) is ContentTypes.Json or ContentTypes.Text or ContentTypes.Int64 or ContentTypes.Double;

    public override void Write(T value, IBufferWriter<byte> writer)
    {
        if (writer is not ArrayBufferWriter<byte> buffer)
        {
            buffer = new ArrayBufferWriter<byte>();
            Write(value, buffer);
            writer.Write(buffer.WrittenSpan);
            return;
        }

        var start = buffer.WrittenCount;
        // A serialiser that calls back into this method on the same thread finds no writer here and makes its own.
        var json = ThreadWriter;
        ThreadWriter = null;
        if (json is null)
            json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        else
            json.Reset(buffer);
        Serialize(json, value);
        ThreadWriter = json;
        if (HalfSurrogates.MayBeIn(buffer.WrittenSpan[start..]))
            RefuseHalfSurrogates(value);
    }

    public override T Read(string contentType, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (MediaType.IsSame(contentType, ContentTypes.Text))
                bytes = JsonSerializer.SerializeToUtf8Bytes(DataTypes.Text.Read(contentType, bytes), JsonSerializerOptions.Web);
            return JsonSerializer.Deserialize(Utf8.WithoutMark(bytes.Span), typeInfo)!;
        }
#pragma warning disable CA1031 // Converters and constructors of the type may throw anything.
        catch (Exception exception) when (exception is not MessagingException)
#pragma warning restore CA1031
        {
            throw new InvalidMessageDataException($"The bytes are not JSON that fits {typeof(T).Name}: {exception.Message}", exception);
        }
    }

    private void Serialize(Utf8JsonWriter json, T value)
    {
        try
        {
            JsonSerializer.Serialize(json, value, typeInfo);
            json.Flush();
        }
#pragma warning disable CA1031 // Converters and properties of the type may throw anything; cycles and depth are the serialiser's to tell.
        catch (Exception exception) when (exception is not MessagingException)
#pragma warning restore CA1031
        {
            throw new InvalidMessageDataException($"A value of {typeof(T).Name} cannot be written as JSON: {exception.Message}", exception);
        }
    }

    private void RefuseHalfSurrogates(T value)
    {
        var relaxed = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(relaxed, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            Serialize(json, value);
        HalfSurrogates.Refuse(relaxed.WrittenSpan);
    }
}
