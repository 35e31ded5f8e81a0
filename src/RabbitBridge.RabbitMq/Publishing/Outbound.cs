using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Publishing;

/// <summary>A message on its way to the broker: what to publish, and whom to tell what became of it.</summary>
internal abstract class Outbound
{
    /// <summary>Set when the broker has returned the message; its confirm follows.</summary>
    public bool IsReturned { get; set; }

    /// <summary>When it was published, in milliseconds of the gateway's clock.</summary>
    public long PublishedAt { get; set; }

    public abstract string Exchange { get; }

    public abstract string RoutingKey { get; }

    public abstract ReadOnlyMemory<byte> Body { get; }

    /// <summary>Fills in the properties. A new instance each time: the client writes into it.</summary>
    public abstract void Describe(BasicProperties properties);

    /// <summary>Called once, on the connection's reading thread.</summary>
    public abstract void OnOutcome(PublishOutcome outcome);

    /// <summary>Called instead when the epoch ended before the broker said anything.</summary>
    public abstract void OnLost();
}
