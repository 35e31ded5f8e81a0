using RabbitBridge.RabbitMq.Connections;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Consuming;

/// <summary>
/// Acknowledges the messages of a channel, as many at once as have been settled when a thread comes to it: an idle gateway
/// acknowledges each, and a busy one saves the broker most of them.
/// </summary>
internal sealed class Acknowledgements(IChannel channel, Epoch epoch) : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();

    // What is settled beyond the first message that is not.
    private readonly HashSet<ulong> _settled = [];
    private List<ulong> _done = [];
    private List<ulong> _unreadable = [];

    // Delivery tags count from 1 in each channel.
    private ulong _firstOpen = 1;
    private bool _isScheduled;

    public IChannel Channel => channel;

    /// <summary>A message has been dealt with.</summary>
    /// <param name="tag">Its delivery tag.</param>
    /// <param name="isUnreadable">Whether it is rejected, and goes to the dead-letter exchange.</param>
    public void Settle(ulong tag, bool isUnreadable)
    {
        lock (_gate)
        {
            (isUnreadable ? _unreadable : _done).Add(tag);
            if (_isScheduled)
                return;
            _isScheduled = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    // async void on purpose: nothing escapes it, and nobody waits for the acknowledgements.
    public async void Execute()
    {
        try
        {
            while (Take() is var (done, unreadable))
                await SendAsync(done, unreadable).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A channel that takes no acknowledgements would soon deliver nothing more.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // Without its channel a message is delivered again, which the next consumer deals with.
            if (channel.IsOpen)
                epoch.End($"Messages could not be acknowledged: {exception.Message}");
        }
    }

    private (List<ulong> Done, List<ulong> Unreadable)? Take()
    {
        lock (_gate)
        {
            // An answer that came after the end of the epoch did not get out: what it would acknowledge is to be delivered again.
            _isScheduled = _done.Count + _unreadable.Count > 0 && channel.IsOpen && !epoch.Ended.IsCompleted;
            if (!_isScheduled)
                return null;
            var taken = (_done, _unreadable);
            (_done, _unreadable) = ([], []);
            return taken;
        }
    }

    // One after the other: the broker closes the channel on a tag that an acknowledgement of many has covered already.
    private async ValueTask SendAsync(List<ulong> done, List<ulong> unreadable)
    {
        foreach (var tag in unreadable)
            await channel.BasicNackAsync(tag, multiple: false, requeue: false).ConfigureAwait(false);
        _settled.UnionWith(unreadable);
        _settled.UnionWith(done);
        while (_settled.Remove(_firstOpen))
            _firstOpen++;
        var upTo = done.Where(tag => tag < _firstOpen).DefaultIfEmpty().Max();
        if (upTo > 0)
            await channel.BasicAckAsync(upTo, multiple: true).ConfigureAwait(false);
        foreach (var tag in done.Where(tag => tag > _firstOpen))
            await channel.BasicAckAsync(tag, multiple: false).ConfigureAwait(false);
    }
}
