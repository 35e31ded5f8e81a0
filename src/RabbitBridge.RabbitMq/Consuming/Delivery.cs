using RabbitBridge.Fabric;

namespace RabbitBridge.RabbitMq.Consuming;

/// <summary>
/// A message from a handler queue. It stays with the broker until its last request is answered: what this gateway has not
/// finished when it dies is delivered again, to be executed or, by default, to be refused as perhaps executed.
/// </summary>
internal sealed class Delivery(Acknowledgements acknowledgements, ulong tag)
{
    // Held by the reader until it has counted all requests.
    private int _open = 1;
    private bool _isUnreadable;

    /// <summary>It could not be read: it goes to the dead-letter exchange when its sender has been told, and never comes again.</summary>
    public void Unreadable() => _isUnreadable = true;

    public void RequestAdded() => Interlocked.Increment(ref _open);

    public void RequestEnded()
    {
        if (Interlocked.Decrement(ref _open) == 0)
            acknowledgements.Settle(tag, _isUnreadable);
    }

    /// <summary>The way back for one of the requests, by which its end is noticed.</summary>
    public IReplySink ReplyTo(IReplySink sink)
    {
        RequestAdded();
        return new Sink(this, sink);
    }

    private sealed class Sink(Delivery delivery, IReplySink inner) : IReplySink
    {
        public void Reply(in ResponseEnvelope response)
        {
            inner.Reply(response);
            delivery.RequestEnded();
        }

        public void Abandoned(long id)
        {
            inner.Abandoned(id);
            delivery.RequestEnded();
        }
    }
}
