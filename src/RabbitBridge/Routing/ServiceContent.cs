using System.Buffers.Text;
using System.Text.Json;

namespace RabbitBridge.Routing;

/// <summary>Decides whether a request may be marked with the content type that a service reads.</summary>
internal static class ServiceContent
{
    /// <summary>Whether the bytes of one type are a value of the other as well.</summary>
    public static bool Fits(string contentType, ReadOnlySpan<byte> value, string wanted) =>
        MediaType.IsSame(contentType, wanted) || MediaType.IsSame(wanted, ContentTypes.Binary) || (IsText(contentType) && MediaType.TypeOf(wanted) switch
        {
            ContentTypes.Text => true,
            ContentTypes.Int64 => Utf8Parser.TryParse(value, out long _, out var used) && used == value.Length,
            ContentTypes.Double => Utf8Parser.TryParse(value, out double _, out var used) && used == value.Length,
            ContentTypes.Json => IsJson(value),
            _ => false,
        });

    private static bool IsText(string contentType) =>
        MediaType.TypeOf(contentType) is ContentTypes.Text or ContentTypes.Int64 or ContentTypes.Double or ContentTypes.Json;

    private static bool IsJson(ReadOnlySpan<byte> value)
    {
        var reader = new Utf8JsonReader(Utf8.WithoutMark(value));
        try
        {
            while (reader.Read())
                reader.Skip();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
