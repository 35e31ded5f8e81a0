using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Consuming;

/// <summary>
/// A message from a handler queue. It stays with the broker until its last request is answered: what this gateway has not
/// finished when it dies is delivered again, to be executed or, by default, to be refused as perhaps executed.
/// </summary>
internal sealed class Delivery(IChannel channel, ulong tag, Epoch epoch)
{
    // Held by the reader until it has counted all requests.
    private int _open = 1;

    public void RequestAdded() => Interlocked.Increment(ref _open);

    public void RequestEnded()
    {
        if (Interlocked.Decrement(ref _open) == 0)
            Acknowledge();
    }

    /// <summary>The way back for one of the requests, by which its end is noticed.</summary>
    public IReplySink ReplyTo(IReplySink sink)
    {
        RequestAdded();
        return new Sink(this, sink);
    }

    private async void Acknowledge()
    {
        // Without its channel the message is delivered again, which the next consumer deals with.
        if (!channel.IsOpen)
            return;
        try
        {
            await channel.BasicAckAsync(tag, multiple: false).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Nobody waits for the acknowledgement; the message is delivered again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.DeliveryFailed(epoch.Logger, exception);
        }
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
