using System.Text;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Publishing;

/// <summary>
/// What a message may have beside its body. A name or a property of more than 255 bytes (AMQP's short string) does not fit, and a content
/// header beyond the negotiated frame_max costs the connection, and everybody's requests with it (501, FRAME_ERROR).
/// </summary>
internal static class AmqpLimits
{
    private const int MaxShortString = 255;

    // A frame's type, channel, size and end; class, weight, body size and flags of a content header; and the fixed-size properties.
    private const int HeaderOverhead = 8 + 14 + 1 + 1 + 8;

    // A table entry's lengths of name and value, and its type.
    private const int EntryOverhead = 1 + 1 + 4;

    /// <summary>Finds what does not fit.</summary>
    /// <param name="message">The message.</param>
    /// <param name="properties">Its properties.</param>
    /// <param name="frameMax">The negotiated limit of a frame; 0 for none.</param>
    /// <returns>What is wrong and what is allowed, or <see langword="null"/>.</returns>
    public static string? Problem(Outbound message, BasicProperties properties, uint frameMax)
    {
        var bytes = HeaderOverhead;
        return Short("exchange", message.Exchange, ref bytes)
            ?? Short("routing key", message.RoutingKey, ref bytes)
            ?? Short("content_type", properties.ContentType, ref bytes)
            ?? Short("correlation_id", properties.CorrelationId, ref bytes)
            ?? Short("reply_to", properties.ReplyTo, ref bytes)
            ?? Short("expiration", properties.Expiration, ref bytes)
            ?? Short("message_id", properties.MessageId, ref bytes)
            ?? Short("type", properties.Type, ref bytes)
            ?? Short("user_id", properties.UserId, ref bytes)
            ?? Table(properties.Headers, ref bytes)
            ?? (frameMax != 0 && bytes > frameMax ? $"The properties of the message have {bytes} bytes; the broker takes {frameMax} (frame_max)." : null);
    }

    private static string? Short(string name, string? value, ref int bytes)
    {
        if (value is null)
            return null;
        // At most three bytes for each UTF-16 unit: most need no counting.
        var length = value.Length <= MaxShortString / 3 ? value.Length * 3 : Encoding.UTF8.GetByteCount(value);
        bytes += 1 + length;
        return length > MaxShortString ? $"The {name} of the message has {length} bytes; AMQP takes {MaxShortString}." : null;
    }

    private static string? Table(IDictionary<string, object?>? headers, ref int bytes)
    {
        if (headers is null)
            return null;
        foreach (var (name, value) in headers)
        {
            if (Short("name of a header", name, ref bytes) is { } problem)
                return problem;
            bytes += EntryOverhead + value switch
            {
                string text => Encoding.UTF8.GetByteCount(text),
                byte[] binary => binary.Length,
                _ => sizeof(long),
            };
        }

        return null;
    }
}
