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
    public const string Filter = FilterHeaders.Filter;

    /// <summary>How many sessions of a gateway a filter has selected, where the status is <see cref="Counted"/>.</summary>
    public const string Count = "rb-count";

    /// <summary>The name of the gateway that tells it.</summary>
    public const string Gateway = "rb-gateway";

    /// <summary>The session that sent the request; in an answer to a filter request, the session that answers.</summary>
    public const string Session = "rb-session";

    /// <summary><see cref="Ok"/> or <see cref="Failed"/>; a response without it is taken as ok.</summary>
    public const string Status = "rb-status";

    /// <summary>The name of the error reason, where the status is <see cref="Failed"/>; the body is the message as text.</summary>
    public const string Error = "rb-error";

    /// <summary>How many gateways have passed the request on because its handler had just left.</summary>
    public const string Hops = "rb-hops";

    /// <summary>The W3C trace context.</summary>
    public const string TraceParent = "traceparent";

    public const string Ok = "ok";

    public const string Failed = "error";

    public const string Counted = "count";

    /// <summary>Reads a small number; 0 if there is none, the largest one if it is not a number.</summary>
    public static int Number(IReadOnlyBasicProperties properties, string name) =>
        properties.Headers is { } headers && headers.TryGetValue(name, out var value)
            ? value is int number and >= 0 ? number : int.MaxValue
            : 0;

    /// <summary>Reads a text header, which the client gives as bytes.</summary>
    public static string? Text(IReadOnlyBasicProperties properties, string name) =>
        properties.Headers is { } headers && headers.TryGetValue(name, out var value)
            ? value switch
            {
                byte[] bytes => Encoding.UTF8.GetString(bytes),
                string text => text,
                _ => null,
            }
            : null;
}
