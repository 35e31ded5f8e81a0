using System.Collections.Concurrent;
using RabbitBridge.Fabric;

namespace RabbitBridge.UnitTests;

/// <summary>A link that leads nowhere and notes what it is told.</summary>
internal sealed class FakeLink(string address) : GatewayLink(address)
{
    public ConcurrentQueue<long> Cancelled { get; } = new();

    public ConcurrentQueue<FilterCount> Counts { get; } = new();

    public override HandOver TryRequest(in RequestEnvelope request) => HandOver.Taken;

    public override void Reply(in ResponseEnvelope response)
    {
    }

    public override void Count(FilterCount count) => Counts.Enqueue(count);

    public override void Listen(bool isOn)
    {
    }

    public override void Tell(SessionEvent what)
    {
    }

    public override void Credit(long id, int answers)
    {
    }

    public override void Cancel(long id) => Cancelled.Enqueue(id);

    public override void Send(PresenceMessage message)
    {
    }
}
