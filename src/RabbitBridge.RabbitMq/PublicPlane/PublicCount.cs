using System.Text;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Publishing;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.PublicPlane;

/// <summary>What a gateway has made of a plain client's filter request: the number of its sessions, or why it could not tell.</summary>
internal sealed class PublicCount(string replyTo, string? correlationId, FilterCount count, Epoch epoch) : LoneOutbound, IOutboundSource
{
    public override string Exchange => string.Empty;

    public override string RoutingKey => replyTo;

    public override ReadOnlyMemory<byte> Body { get; } = Encoding.UTF8.GetBytes(count.ErrorMessage ?? string.Empty);

    public Outbound? Next() => this;

    public override void Describe(BasicProperties properties)
    {
        properties.CorrelationId = correlationId;
        properties.ContentType = ContentTypes.Text;
        properties.Headers = new Dictionary<string, object?>
        {
            [PublicHeaders.Status] = count.Error is null ? PublicHeaders.Counted : PublicHeaders.Failed,
            [PublicHeaders.Gateway] = epoch.Name,
            [PublicHeaders.Count] = count.Sessions.Count,
            [PublicHeaders.Gateways] = epoch.Events.GatewayCount,
        };
        if (count.Error is { } error)
            properties.Headers[PublicHeaders.Error] = ErrorNames.Of(error);
    }

    public override void OnLost() => epoch.ResponsesLost(1, "the connection was lost before it was written");
}
