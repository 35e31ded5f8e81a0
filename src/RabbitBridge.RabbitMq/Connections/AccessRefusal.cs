using RabbitMQ.Client.Events;

namespace RabbitBridge.RabbitMq.Connections;

/// <summary>Says which permission a broker's refusal is about. RabbitMQ itself says so since 3.12; before, it names only the queue or exchange.</summary>
internal static class AccessRefusal
{
    public static string Explain(ShutdownEventArgs reason)
    {
        var text = reason.ReplyText;
        if (Permission(reason.ClassId, reason.MethodId, text.Contains(" queue '", StringComparison.Ordinal)) is not { } permission
            || text.Contains(" - configure access", StringComparison.Ordinal) || text.Contains(" - write access", StringComparison.Ordinal) || text.Contains(" - read access", StringComparison.Ordinal))
            return text;
        return $"{text}: {permission} is needed there";
    }

    // By AMQP's numbers of the operation that was refused, and what it needs on queues and on exchanges (rabbit_channel.erl).
    private static string? Permission(int @class, int method, bool isQueue) => (@class, method) switch
    {
        (40, 10) => "configure (or, between an exchange and its alternate exchange, read on the first and write on the second)",
        (40, 30) => "write on the exchange that is bound, or read on the other one,",
        (50, 10) => isQueue ? "configure (or, since it dead-letters, read)" : "write",
        (50, 20) => isQueue ? "write" : "read",
        (50, 50) => isQueue ? "write" : "read",
        (60, 20) => "read",
        (60, 40) => "write",
        _ => null,
    };
}
