using System.Diagnostics;
using RabbitBridge.Calls;

namespace RabbitBridge.Remote;

/// <summary>A request on its way through the client of a remote session.</summary>
internal sealed class RemoteDelivery(RemoteReceiver receiver, in RequestArrival arrival) : IncomingRequest(receiver, arrival)
{
    /// <summary>The branch of the handler that it is for; <see langword="null"/> for a request stream.</summary>
    public MessagePath? Branch => receiver.Branch;

    /// <summary>The number that it has between gateway and client.</summary>
    public long ClientId { get; set; }

    public new int Milliseconds => base.Milliseconds;

    /// <summary>The trace context for the client: the span in which it is delivered, if there is one.</summary>
    public new string? TraceParent { get; private set; }

    /// <summary>The client has answered. An answer that nobody waits for is dropped, and so is a second one.</summary>
    public void Answer(string contentType, ReadOnlyMemory<byte> payload)
    {
        var limit = receiver.Work.MaxMessageBytes;
        if (payload.Length > limit)
            Refuse(ErrorReason.InvalidData, $"The response of {payload.Length} bytes is larger than the {limit} bytes that may be sent (MaxMessageBytes).");
        else if (!MediaType.IsAllowed(contentType, out var problem))
            Refuse(ErrorReason.InvalidData, $"The response cannot be sent: {problem}");
        else if (TryAnswerOnce())
            Send(new EncodedValue(contentType, payload, IsTransient: false));
    }

    /// <summary>The client has answered with an error.</summary>
    public void Fail(ErrorReason reason, string message) => Refuse(reason, message);

    // To hand it to the link is quick, and needs no thread of its own.
    protected override void Schedule(bool preferLocal) => Execute();

    protected override void Invoke(Activity? span)
    {
        TraceParent = span?.Id ?? base.TraceParent;
        receiver.Client.Deliver(this);
    }

    protected override void OnAbandoned()
    {
        receiver.Client.Abandoned(this);
        base.OnAbandoned();
    }
}
