using System.Text;
using RabbitBridge.Filters;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.PublicPlane;

/// <summary>The few headers of the public plane; everything else is said by AMQP's own properties.</summary>
internal static class PublicHeaders
{
    /// <summary>The full path of a request whose routing key had to be cut.</summary>
    public const string Path = "rb-path";

    /// <summary>The filter of a request to sessions.</summary>
    public const string Filter = "rb-filter";

    /// <summary>In place of a filter: all sessions, or those with the properties that other headers name.</summary>
    public const string All = "rb-all";

    /// <summary>The exchange of an existing service that a request goes to.</summary>
    public const string Service = "rb-service";

    /// <summary>The project of a message.</summary>
    public const string Project = "rb-project";

    /// <summary>The name of the message handlers that a project message is for.</summary>
    public const string MessageHandler = "rb-message-handler";

    /// <summary>Narrows a project message, as the other four do.</summary>
    public const string Scope = "rb-scope";

    public const string User = "rb-user";

    public const string Role = "rb-role";

    public const string Host = "rb-host";

    /// <summary>The start of a header that stands for a property of sessions; its value is the property's.</summary>
    public const string Property = "rb-property-";

    /// <summary>How many sessions of a gateway a filter has selected, where the status is <see cref="Counted"/>.</summary>
    public const string Count = "rb-count";

    /// <summary>How many gateways there are as far as that one knows: so many such messages are to be expected.</summary>
    public const string Gateways = "rb-gateways";

    /// <summary>The name of the gateway that tells it.</summary>
    public const string Gateway = "rb-gateway";

    /// <summary>The session that sent the request; in an answer to a filter request, the session that answers; on a project message, the only client session that gets it.</summary>
    public const string Session = "rb-session";

    /// <summary><see cref="Ok"/> or <see cref="Failed"/>; a response without it is taken as ok.</summary>
    public const string Status = "rb-status";

    /// <summary>The name of the error reason, where the status is <see cref="Failed"/>; the body is the message as text.</summary>
    public const string Error = "rb-error";

    /// <summary>How many gateways have passed the request on because its handler had just left.</summary>
    public const string Hops = "rb-hops";

    /// <summary>The W3C trace context.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>How every header of the bridge begins.</summary>
    private const string Prefix = "rb-";

    public const string Ok = "ok";

    public const string Failed = "error";

    public const string Counted = "count";

    /// <summary>Reads a small number; 0 if there is none, the largest one if it is not a number.</summary>
    public static int Number(IReadOnlyBasicProperties properties, string name) =>
        properties.Headers is { } headers && headers.TryGetValue(name, out var value)
            ? value is int number and >= 0 ? number : int.MaxValue
            : 0;

    /// <summary>Whether a header is there and is no text: who meant to narrow something must not be taken for somebody who did not.</summary>
    public static bool IsNoText(IReadOnlyBasicProperties properties, string name) =>
        properties.Headers is { } headers && headers.ContainsKey(name) && Text(properties, name) is null;

    /// <summary>What is wrong with the names of a message's headers: one that begins as the bridge's do and is none would be a request for something that is not done.</summary>
    /// <param name="properties">The properties of the message.</param>
    /// <param name="known">The headers that such a message may have.</param>
    public static string? Unknown(IReadOnlyBasicProperties properties, IReadOnlyList<string> known)
    {
        if (properties.Headers is not { } headers)
            return null;
        foreach (var name in headers.Keys)
        {
            if (name.StartsWith(Prefix, StringComparison.Ordinal) && !known.Any(each => name == each || (each.EndsWith('-') && name.StartsWith(each, StringComparison.Ordinal))))
                return $"The header {FilterText.Show(name)} means nothing here; a message to this exchange may have {string.Join(", ", known)}.";
        }

        return null;
    }

    /// <summary>Reads a text header, which the client gives as bytes; <see langword="null"/> if there is none, or it is no text in UTF-8.</summary>
    public static string? Text(IReadOnlyBasicProperties properties, string name) =>
        properties.Headers is { } headers && headers.TryGetValue(name, out var value)
            ? value switch
            {
                byte[] bytes => Decode(bytes),
                string text => text,
                _ => null,
            }
            : null;

    private static string? Decode(ReadOnlySpan<byte> utf8) => System.Text.Unicode.Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : null;
}
