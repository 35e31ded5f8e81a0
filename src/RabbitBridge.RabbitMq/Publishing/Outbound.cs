using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Publishing;

/// <summary>A message on its way to the broker.</summary>
internal abstract class Outbound
{
    public abstract string Exchange { get; }

    public abstract string RoutingKey { get; }

    public abstract ReadOnlyMemory<byte> Body { get; }

    /// <summary>What is given back to the epoch's <see cref="SendBudget"/> when the broker, or the client, has dealt with the message.</summary>
    public int Charge { get; init; }

    /// <summary>When it is of no use any more, in milliseconds of the gateway's clock; 0 for never.</summary>
    public long Deadline { get; init; }

    /// <summary>Fills in the properties. A new instance each time: the client writes into it.</summary>
    public abstract void Describe(BasicProperties properties);

    /// <summary>Called in place of everything else when the message does not fit into AMQP, and was not published.</summary>
    /// <param name="problem">What is wrong, and what is allowed.</param>
    public abstract void OnUnsendable(string problem);

    /// <summary>Called in place of everything else when its time was over before it could be published. Whoever waits hears of it by its own clock.</summary>
    public virtual void OnExpired()
    {
    }

    /// <summary>Called when the epoch has ended and what became of the message will never be known.</summary>
    public abstract void OnLost();
}
