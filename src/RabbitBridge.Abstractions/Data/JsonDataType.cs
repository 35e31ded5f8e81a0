using System.Buffers;
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
        // A serialiser that calls back into this method on the same thread finds no writer here and makes its own.
        var json = ThreadWriter;
        ThreadWriter = null;
        if (json is null)
            json = new Utf8JsonWriter(writer, new JsonWriterOptions { SkipValidation = true });
        else
            json.Reset(writer);
        try
        {
            JsonSerializer.Serialize(json, value, typeInfo);
            json.Flush();
        }
        catch (NotSupportedException exception)
        {
            throw new InvalidMessageDataException($"A value of {typeof(T).Name} cannot be written as JSON: {exception.Message}", exception);
        }

        ThreadWriter = json;
    }

    public override T Read(string contentType, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (MediaType.IsSame(contentType, ContentTypes.Text))
                bytes = JsonSerializer.SerializeToUtf8Bytes(DataTypes.Text.Read(contentType, bytes), JsonSerializerOptions.Web);
            return JsonSerializer.Deserialize(bytes.Span, typeInfo)!;
        }
        catch (JsonException exception)
        {
            throw new InvalidMessageDataException($"The bytes are not JSON that fits {typeof(T).Name}: {exception.Message}", exception);
        }
    }
}
