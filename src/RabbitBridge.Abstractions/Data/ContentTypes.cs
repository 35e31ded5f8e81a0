namespace RabbitBridge;

/// <summary>The content types by which values name their data type on the wire.</summary>
public static class ContentTypes
{
    /// <summary>JSON in UTF-8.</summary>
    public const string Json = "application/json";

    /// <summary>Text in UTF-8.</summary>
    public const string Text = "text/plain";

    /// <summary>A 64-bit integer as decimal digits.</summary>
    public const string Int64 = "application/vnd.rabbitbridge.int64";

    /// <summary>A double as decimal digits, the shortest that read back to the same value, or NaN, Infinity, -Infinity.</summary>
    public const string Double = "application/vnd.rabbitbridge.double";

    /// <summary>Bytes without further meaning.</summary>
    public const string Binary = "application/octet-stream";

    /// <summary>Records of text fields, see <see cref="RecordV2"/>.</summary>
    public const string RecordV2 = "application/vnd.rabbitbridge.record-v2";

    /// <summary>One MessagePack value.</summary>
    public const string MessagePack = "application/msgpack";
}
