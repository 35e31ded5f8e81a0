using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Publishing;

/// <summary>A message on its way to the broker.</summary>
internal abstract class Outbound
{
    public abstract string Exchange { get; }

    public abstract string RoutingKey { get; }

    public abstract ReadOnlyMemory<byte> Body { get; }

    /// <summary>Fills in the properties. A new instance each time: the client writes into it.</summary>
    public abstract void Describe(BasicProperties properties);

    /// <summary>Called in place of everything else when the message does not fit into AMQP, and was not published.</summary>
    /// <param name="problem">What is wrong, and what is allowed.</param>
    public abstract void OnUnsendable(string problem);

    /// <summary>Called when the epoch has ended and what became of the message will never be known.</summary>
    public abstract void OnLost();
}
