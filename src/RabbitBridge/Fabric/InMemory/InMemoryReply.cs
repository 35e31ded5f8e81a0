namespace RabbitBridge.Fabric.InMemory;

/// <summary>The way back to a gateway that published a request by its path.</summary>
internal sealed class InMemoryReply(InMemoryFabric requester) : IReplySink
{
    public void Reply(in ResponseEnvelope response)
    {
        var kept = response.Persist();
        requester.Post(events => events.OnPublicResponse(kept));
    }

    public void Abandoned(long id)
    {
        // The requester has given the request up by its own clock.
    }
}
