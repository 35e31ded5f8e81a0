using System.Collections.Concurrent;
using RabbitBridge.Fabric;

namespace RabbitBridge.UnitTests;

/// <summary>A link that leads nowhere and notes what it is told.</summary>
internal sealed class FakeLink(string address) : GatewayLink(address)
{
    public ConcurrentQueue<long> Cancelled { get; } = new();

    public ConcurrentQueue<FilterCount> Counts { get; } = new();

    public ConcurrentQueue<CreditMessage> Credits { get; } = new();

    public ConcurrentQueue<ResponseEnvelope> Replies { get; } = new();

    public override HandOver TryRequest(in RequestEnvelope request) => HandOver.Taken;

    public override void Reply(in ResponseEnvelope response) => Replies.Enqueue(response.Persist());

    public override void Send(LinkMessage message)
    {
        if (message is CancelMessage cancel)
            Cancelled.Enqueue(cancel.Id);
        else if (message is FilterCount count)
            Counts.Enqueue(count);
        else if (message is CreditMessage credit)
            Credits.Enqueue(credit);
    }
}
