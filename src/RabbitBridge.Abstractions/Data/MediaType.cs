using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text;
using RabbitBridge.Filters;

namespace RabbitBridge;

/// <summary>
/// The rules for content types that somebody gives along with a value: a media type as RFC 9110 writes it, short enough for an
/// AMQP short string, and none by which gateways speak to each other.
/// </summary>
internal static class MediaType
{
    /// <summary>How many bytes a content type may have: AMQP's short string.</summary>
    public const int MaxBytes = 255;

    private const string Reserved = "application/vnd.rabbitbridge.";

    private static readonly string[] Known =
    [
        ContentTypes.Json, ContentTypes.Text, ContentTypes.Binary, ContentTypes.MessagePack,
        ContentTypes.Int64, ContentTypes.Double, ContentTypes.RecordV2,
    ];

    // Data types give the same string again and again.
    [ThreadStatic]
    private static string? LastAllowed;

    /// <summary>Whether a value may have a content type.</summary>
    /// <param name="contentType">The content type as given.</param>
    /// <param name="problem">What is wrong with it, and what is allowed.</param>
    public static bool IsAllowed([NotNullWhen(true)] string? contentType, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (contentType is not null && (ReferenceEquals(contentType, LastAllowed) || Array.IndexOf(Known, contentType) >= 0))
            return true;
        problem = Problem(contentType);
        if (problem is not null)
            return false;
        LastAllowed = contentType;
        return true;
    }

    /// <summary>Whether a content type is one of those by which gateways speak, which no value may have.</summary>
    public static bool IsReserved([NotNullWhen(true)] string? contentType) =>
        contentType is not null
        && contentType.AsSpan().TrimStart().StartsWith(Reserved, StringComparison.OrdinalIgnoreCase)
        && Array.IndexOf(Known, TypeOf(contentType)) < 0;

    /// <exception cref="InvalidMessageDataException">A value may not have this content type.</exception>
    public static void Check(string? contentType)
    {
        if (!IsAllowed(contentType, out var problem))
            throw new InvalidMessageDataException(problem);
    }

    /// <summary>Whether two content types name the same type: parameters, blanks and the case of letters make no difference.</summary>
    public static bool IsSame(string one, string other) =>
        string.Equals(one, other, StringComparison.Ordinal) || Essence(one).Equals(Essence(other), StringComparison.OrdinalIgnoreCase);

    /// <summary>The type that a content type names, in lower case and without parameters: one of <see cref="ContentTypes"/> where it is one.</summary>
    public static string TypeOf(string contentType)
    {
        if (Array.IndexOf(Known, contentType) >= 0)
            return contentType;
        foreach (var known in Known)
        {
            if (Essence(contentType).Equals(known, StringComparison.OrdinalIgnoreCase))
                return known;
        }

        return Essence(contentType).ToString().ToLowerInvariant();
    }

    private static ReadOnlySpan<char> Essence(string contentType)
    {
        var end = contentType.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? contentType : contentType.AsSpan(0, end)).Trim();
    }

    private static string? Problem(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType))
            return "There is no content type; write a media type such as 'application/json'.";
        if (contentType.Length > MaxBytes || Encoding.UTF8.GetByteCount(contentType) > MaxBytes)
            return $"The content type '{FilterText.Show(contentType)}' has {Encoding.UTF8.GetByteCount(contentType)} bytes in UTF-8; {MaxBytes} are allowed.";
        if (!Ascii.IsValid(contentType) || !MediaTypeHeaderValue.TryParse(contentType, out var parsed) || parsed.MediaType is not { } type)
            return $"The content type '{FilterText.Show(contentType, 80)}' is no media type; write TYPE/SUBTYPE in ASCII, perhaps with parameters, such as 'application/json'.";
        if (type.StartsWith(Reserved, StringComparison.OrdinalIgnoreCase) && !Array.Exists(Known, known => known.Equals(type, StringComparison.OrdinalIgnoreCase)))
            return $"The content type '{contentType}' is reserved for gateways; of those that begin with '{Reserved}', values may have {ContentTypes.Int64}, {ContentTypes.Double} and {ContentTypes.RecordV2}.";
        var charset = parsed.CharSet?.Trim('"');
        return string.IsNullOrEmpty(charset) || !IsText(type)
            || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase)
                ? null
                : $"The content type '{contentType}' names the charset '{charset}'; text is read as UTF-8 (of which US-ASCII is a part), and as nothing else.";
    }

    private static bool IsText(string type) =>
        type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
        || type.Equals(ContentTypes.Json, StringComparison.OrdinalIgnoreCase)
        || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
        || type.StartsWith(Reserved, StringComparison.OrdinalIgnoreCase);
}
