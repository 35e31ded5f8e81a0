using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RabbitBridge;

/// <summary>The data types that every RabbitBridge client knows.</summary>
public static class DataTypes
{
    /// <summary>Text in UTF-8.</summary>
    public static DataType<string> Text { get; } = new TextDataType();

    /// <summary>A 64-bit integer.</summary>
    public static DataType<long> Int64 { get; } = new Int64DataType();

    /// <summary>A double.</summary>
    public static DataType<double> Double { get; } = new DoubleDataType();

    /// <summary>Bytes, passed on without a copy. Reads values of any type as the bytes that they are.</summary>
    public static DataType<ReadOnlyMemory<byte>> Binary { get; } = new BinaryDataType(ContentTypes.Binary, readsAll: true);

    /// <summary>Bytes as an array. Reads values of any type as the bytes that they are.</summary>
    public static DataType<byte[]> ByteArray { get; } = new ByteArrayDataType();

    /// <summary>Records of text fields.</summary>
    public static DataType<RecordV2> RecordV2 { get; } = new RecordV2DataType();

    /// <summary>One MessagePack value in its encoded form, for callers with a serialiser of their own.</summary>
    public static DataType<ReadOnlyMemory<byte>> MessagePack { get; } = new BinaryDataType(ContentTypes.MessagePack, readsAll: false);

    /// <summary>JSON, through reflection and with the web defaults (camel case, case-insensitive reading).</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <returns>The data type; the same instance each time.</returns>
    public static DataType<T> Json<T>() => JsonDefault<T>.Instance;

    /// <summary>JSON, through source-generated metadata.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="typeInfo">The metadata.</param>
    /// <returns>The data type.</returns>
    public static DataType<T> Json<T>(JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        return new JsonDataType<T>(typeInfo);
    }

    /// <summary>
    /// The data type that fits a .NET type: <see cref="string"/> is text, <see cref="long"/> int64, <see cref="double"/> double,
    /// byte arrays and <see cref="ReadOnlyMemory{T}"/> of bytes binary, <see cref="RabbitBridge.RecordV2"/> record_v2, and all else JSON.
    /// </summary>
    /// <typeparam name="T">The .NET type.</typeparam>
    /// <returns>The data type; the same instance each time.</returns>
    public static DataType<T> For<T>() => Default<T>.Instance;

    private static class Default<T>
    {
        public static readonly DataType<T> Instance =
            new object[] { Text, Int64, Double, Binary, ByteArray, RecordV2 }.OfType<DataType<T>>().FirstOrDefault() ?? Json<T>();
    }

    private static class JsonDefault<T>
    {
        public static readonly DataType<T> Instance =
            new JsonDataType<T>((JsonTypeInfo<T>)JsonSerializerOptions.Web.GetTypeInfo(typeof(T)));
    }
}
