namespace RabbitBridge.RabbitMq.Frames;

/// <summary>The numbers of the native plane, as the wire contract gives them.</summary>
internal static class FrameFormat
{
    /// <summary>The AMQP type by which a frame is known: nothing that a client gives becomes one.</summary>
    public const string Type = "rabbitbridge.frame";

    public const string ContentType = "application/vnd.rabbitbridge.frame";

    /// <summary>The version with which each frame starts.</summary>
    public const int Version = 1;

    public const int Request = 1;
    public const int Response = 2;
    public const int Error = 3;
    public const int Cancel = 4;
    public const int Presence = 5;
    public const int Inquiry = 6;
    public const int FilterRequest = 7;
    public const int FilterCount = 8;
    public const int SessionResponse = 9;
    public const int SessionError = 10;
    public const int Credit = 11;
    public const int Listen = 12;
    public const int SessionEvent = 13;
    public const int Sent = 14;

    // Content types that travel as their index here.
    private static readonly string[] ContentTypeCodes =
    [
        ContentTypes.Json, ContentTypes.Text, ContentTypes.Int64, ContentTypes.Double, ContentTypes.Binary, ContentTypes.RecordV2,
        ContentTypes.MessagePack,
    ];

    public static int CodeOf(string contentType) => Array.IndexOf(ContentTypeCodes, contentType);

    public static string? ContentTypeOf(int code) => (uint)code < (uint)ContentTypeCodes.Length ? ContentTypeCodes[code] : null;
}
