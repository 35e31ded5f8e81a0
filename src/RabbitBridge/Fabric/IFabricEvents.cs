
namespace RabbitBridge.Fabric;

/// <summary>
/// What a fabric tells its gateway. The methods are called from the fabric's receiving threads: they return soon and never throw.
/// </summary>
internal interface IFabricEvents
{
    /// <summary>How many gateways are known, this one among them.</summary>
    int GatewayCount { get; }

    /// <summary>A new epoch has begun: the inbox is open at a new address and all branches are bound.</summary>
    void OnUp(string address);

    /// <summary>The epoch is over; the fabric works on the next one. All links of the epoch are gone.</summary>
    void OnDown(string reason);

    /// <summary>A request from another gateway.</summary>
    void OnRequest(GatewayLink from, in RequestEnvelope request);

    /// <summary>
    /// A request from another gateway that the broker has handed over by its path. Its time is what the other side says, and 0 is
    /// no limit, as on a link.
    /// </summary>
    /// <param name="from">The sender, who may cancel it and is answered like any other gateway.</param>
    /// <param name="replyTo">Takes the answer, or hears that there will be none.</param>
    /// <param name="request">The request.</param>
    void OnQueuedRequest(GatewayLink from, IReplySink replyTo, in RequestEnvelope request);

    /// <summary>A request from a client of the broker, by path; the answer goes to the sink with the envelope's number. Without a time it gets the gateway's.</summary>
    void OnPublicRequest(IReplySink replyTo, in RequestEnvelope request);

    /// <summary>A filter request from elsewhere, for the sessions of this gateway. Of each answer the sink says when the next may come: <see cref="OnFilterAnswered"/>.</summary>
    void OnPublicFilterRequest(IFilterSink replyTo, in RequestEnvelope request);

    /// <summary>An answer to a filter request is written for somebody who does not tell of it, or was lost on its way: the next may be sent.</summary>
    /// <param name="replyTo">Who took it.</param>
    /// <param name="id">The number of the request.</param>
    void OnFilterAnswered(IFilterSink replyTo, long id);

    /// <summary>A project message from elsewhere, for this gateway and its sessions.</summary>
    /// <param name="replyTo">Takes the receipts, or the answer.</param>
    /// <param name="message">The message.</param>
    /// <param name="payload">Its payload, in a buffer that is used again.</param>
    /// <param name="milliseconds">The time for the answer; 0 for the gateway's.</param>
    void OnProjectMessage(IReplySink replyTo, GatewayMessage message, ReadOnlyMemory<byte> payload, int milliseconds);

    /// <summary>An answer from another gateway.</summary>
    /// <returns><see langword="false"/> if that gateway was not asked.</returns>
    bool OnResponse(GatewayLink from, in ResponseEnvelope response);

    /// <summary>An answer from elsewhere.</summary>
    /// <returns><see langword="false"/> if it is to a request that was sent to a gateway, or stayed in this one.</returns>
    bool OnPublicResponse(in ResponseEnvelope response);

    /// <summary>Anything else from another gateway.</summary>
    /// <returns><see langword="false"/> if it speaks for another one.</returns>
    bool OnMessage(GatewayLink from, LinkMessage message);

    /// <summary>A request handed to the fabric was not delivered. Its payload must be kept by copying.</summary>
    void OnUndelivered(GatewayLink? to, in RequestEnvelope request, DeliveryFailure failure);

    /// <summary>A request handed to the fabric cannot be written as a message.</summary>
    /// <param name="request">The request.</param>
    /// <param name="problem">What is wrong, and what is allowed.</param>
    void OnUnsendable(in RequestEnvelope request, string problem);

    /// <summary>The inbox at the other end of a link does not exist any more.</summary>
    void OnGone(GatewayLink link);
}
