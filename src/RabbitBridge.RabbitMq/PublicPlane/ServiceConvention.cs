using System.Text;
using System.Text.Json;
using RabbitBridge.Fabric;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.PublicPlane;

/// <summary>How a service's answers are to be read, beyond what holds for every answer.</summary>
internal sealed record ServiceConvention(string? ContentType, string? ErrorHeader, string? ErrorProperty)
{
    public static ServiceConvention Of(ServiceRoute service) => new(service.ContentType, service.ErrorHeader, service.ErrorProperty);

    /// <summary>The text of the error that an answer is; <see langword="null"/> if it is none.</summary>
    public string? Error(IReadOnlyBasicProperties properties, ReadOnlySpan<byte> body)
    {
        if (ErrorHeader is not null && properties.Headers is { } headers && headers.ContainsKey(ErrorHeader))
            return PublicHeaders.Text(properties, ErrorHeader) ?? Encoding.UTF8.GetString(Utf8.WithoutMark(body));
        return ErrorProperty is null ? null : ErrorOf(body);
    }

    private string? ErrorOf(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(Utf8.WithoutMark(body));
        try
        {
            return JsonElement.TryParseValue(ref reader, out var value) && value is { ValueKind: JsonValueKind.Object } answer
                && answer.TryGetProperty(ErrorProperty!, out var error) && error.ValueKind != JsonValueKind.Null
                ? error.ToString()
                : null;
        }
        catch (JsonException)
        {
            // It is no JSON, and so no object with an error.
            return null;
        }
    }
}
