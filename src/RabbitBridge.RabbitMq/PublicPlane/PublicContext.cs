using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Publishing;

namespace RabbitBridge.RabbitMq.PublicPlane;

/// <summary>What plain AMQP messages need of the epoch in which they come and go.</summary>
internal sealed class PublicContext(Epoch epoch, Publisher publisher)
{
    public Epoch Epoch => epoch;

    public Publisher Publisher => publisher;

    /// <summary>How the answers of the services are read that this epoch has asked.</summary>
    public ServiceConventions Conventions { get; } = new();

    /// <summary>The plain requests that came in this epoch and are not answered.</summary>
    public UnansweredRequests Unanswered { get; } = new();
}
