namespace RabbitBridge.Fabric.InMemory;

internal sealed class InMemoryLink(InMemoryFabric owner, string address) : GatewayLink(address)
{
    public override HandOver TryRequest(in RequestEnvelope request)
    {
        if (!owner.IsUp || IsGone)
            return HandOver.Down;
        var kept = request.Persist();
        var from = owner.Address;
        if (!owner.TrySend(Address, (receiver, events) => events.OnRequest(receiver.LinkTo(from), kept)))
            Undeliverable(events => events.OnUndelivered(this, kept, DeliveryFailure.Unroutable));
        return HandOver.Taken;
    }

    public override void Reply(in ResponseEnvelope response)
    {
        var kept = response.Persist();
        var from = owner.Address;
        SendOrLose((receiver, events) => events.OnResponse(receiver.LinkTo(from), kept));
    }

    public override void Send(LinkMessage message)
    {
        var from = owner.Address;
        SendOrLose((receiver, events) => events.OnMessage(receiver.LinkTo(from), message));
    }

    private void SendOrLose(Action<InMemoryFabric, IFabricEvents> arrival)
    {
        if (owner.IsUp && !IsGone && !owner.TrySend(Address, arrival))
            Undeliverable(static _ => { });
    }

    private void Undeliverable(Action<IFabricEvents> report)
    {
        MarkGone();
        owner.Post(events =>
        {
            report(events);
            events.OnGone(this);
        });
    }
}
