using System.Collections.Concurrent;
using System.Globalization;
using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace RabbitBridge.RabbitMq.Publishing;

/// <summary>
/// The one writer of an epoch's publishing channels, of which one has confirms and one has not. Whoever brings a message publishes it at once if nobody else is at it,
/// and leaves it to that one otherwise: an idle gateway has no hand-over between threads on the way out.
/// </summary>
internal sealed class Publisher : IDisposable
{
    // A caller publishes for others only so long; then the thread pool goes on.
    private const int InlinePublishes = 4;

    private readonly IChannel _confirmed;
    private readonly IChannel _lone;
    private readonly Action<BasicReturnEventArgs> _loneReturned;
    private readonly string _userId;
    private readonly uint _frameMax;
    private readonly Clock _clock;
    private readonly Action<string> _endEpoch;
    private readonly ConcurrentQueue<IOutboundSource> _ready = new();
    private readonly ConcurrentQueue<LoneBarrier> _barriers = new();
    private readonly UnconfirmedMessages _unconfirmed = new();

    // By the window of tags and not by how many are open: one message without a confirm keeps its slot, and holds up what would come into it.
    private readonly SemaphoreSlim _room = new(UnconfirmedMessages.Capacity);
    private readonly CancellationTokenSource _ended = new();
    private ulong _lastTag;
    private int _scheduled;
    private volatile bool _isClosed;

    /// <param name="confirmed">A channel in confirm mode.</param>
    /// <param name="lone">A channel that is not.</param>
    /// <param name="userId">The user of the connection, for the broker to verify.</param>
    /// <param name="frameMax">How large a frame may be; 0 for no limit.</param>
    /// <param name="clock">The gateway's clock.</param>
    /// <param name="budget">Gets back what messages were charged with.</param>
    /// <param name="endEpoch">Ends the epoch, with the reason.</param>
    /// <param name="loneReturned">Takes what came back unconfirmed.</param>
    public Publisher(
        IChannel confirmed, IChannel lone, string userId, uint frameMax, Clock clock, SendBudget budget, Action<string> endEpoch, Action<BasicReturnEventArgs> loneReturned)
    {
        (_confirmed, _lone, _userId, _frameMax, _clock, Budget, _endEpoch, _loneReturned) = (confirmed, lone, userId, frameMax, clock, budget, endEpoch, loneReturned);
        confirmed.BasicAcksAsync += OnAckAsync;
        confirmed.BasicNacksAsync += OnNackAsync;
        confirmed.BasicReturnAsync += OnReturnAsync;
        lone.BasicReturnAsync += OnLoneReturnAsync;
    }

    /// <summary>The bytes that may wait for the broker.</summary>
    public SendBudget Budget { get; }

    /// <summary>When the oldest message without a confirm was published; 0 if all are confirmed.</summary>
    public long OldestUnconfirmed => _unconfirmed.Oldest?.PublishedAt ?? 0;

    /// <summary>Publishes what a source has, now or when its turn comes.</summary>
    /// <param name="source">The source.</param>
    /// <param name="inline">Whether the calling thread may do it; <see langword="false"/> for threads of the client.</param>
    public void Schedule(IOutboundSource source, bool inline)
    {
        _ready.Enqueue(source);
        if (_isClosed)
        {
            LoseReady();
            return;
        }

        if (Interlocked.Increment(ref _scheduled) != 1)
            return;
        if (inline)
            Drain(InlinePublishes);
        else
            ThreadPool.UnsafeQueueUserWorkItem(static publisher => publisher.Drain(int.MaxValue), this, preferLocal: false);
    }

    /// <summary>Publishes one message and waits for what the broker says.</summary>
    public Task<PublishOutcome> PublishAsync(string exchange, string routingKey, string type, string? replyTo)
    {
        var message = new AwaitedMessage(exchange, routingKey, type, replyTo);
        Schedule(message, inline: true);
        return message.Outcome;
    }

    /// <summary>Waits until the broker has dealt with everything that was published without a confirm.</summary>
    public Task FlushLoneAsync(Names names)
    {
        var barrier = new LoneBarrier(names);
        _barriers.Enqueue(barrier);
        Schedule(barrier, inline: true);
        return barrier.Returned;
    }

    public void Dispose()
    {
        _isClosed = true;
        _ended.Cancel();
        LoseUnconfirmed();
        while (_barriers.TryDequeue(out var barrier))
            barrier.OnLost();
        LoseReady();
    }

    private void LoseUnconfirmed()
    {
        foreach (var message in _unconfirmed.TakeAll())
            message.OnLost();
    }

    // A link is a source too, but has nothing to lose: it is closed, and its requests have failed.
    private void LoseReady()
    {
        while (_ready.TryDequeue(out var source))
            (source as Outbound)?.OnLost();
    }

    // async void on purpose: nothing escapes it, every failure ends the epoch, and nobody waits for it.
    private async void Drain(int inlinePublishes)
    {
        try
        {
            do
            {
                if (!_ready.TryDequeue(out var source))
                    continue;
                if (inlinePublishes-- == 0)
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                await _room.WaitAsync(_ended.Token).ConfigureAwait(false);
                var message = source.Next();
                if (message is null || !await TryPublishAsync(message).ConfigureAwait(false) || message is LoneOutbound)
                    _room.Release();
            }
            while (Interlocked.Decrement(ref _scheduled) > 0);
        }
#pragma warning disable CA1031 // Whatever goes wrong in publishing, the connection cannot be trusted any more.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _endEpoch($"Publishing failed: {exception.Message}");
        }
    }

    /// <returns>Whether the message could be written.</returns>
    private async ValueTask<bool> TryPublishAsync(Outbound message)
    {
        if (message.Deadline != 0 && _clock.Now > message.Deadline)
        {
            message.OnExpired();
            Budget.GiveBack(message.Charge);
            return false;
        }

        var properties = new BasicProperties { UserId = _userId, DeliveryMode = DeliveryModes.Transient };
        message.Describe(properties);
        if (AmqpLimits.Problem(message, properties, _frameMax) is { } problem)
        {
            message.OnUnsendable(problem);
            Budget.GiveBack(message.Charge);
            return false;
        }

        if (message is ConfirmedOutbound confirmed)
        {
            var tag = ++_lastTag;
            // basic.return carries no delivery tag; the message id brings it back.
            properties.MessageId = tag.ToString(CultureInfo.InvariantCulture);
            confirmed.PublishedAt = _clock.Now;
            _unconfirmed.Add(tag, confirmed);
            // The end of the epoch may have taken out all that was in just before.
            if (_isClosed)
            {
                LoseUnconfirmed();
                _ended.Token.ThrowIfCancellationRequested();
            }

            await PublishAsync(_confirmed, message, properties).ConfigureAwait(false);
        }
        else
        {
            await PublishAsync(_lone, message, properties).ConfigureAwait(false);
            Budget.GiveBack(message.Charge);
            ((LoneOutbound)message).OnWritten();
        }

        return true;
    }

    private ValueTask PublishAsync(IChannel channel, Outbound message, BasicProperties properties) =>
        channel.BasicPublishAsync(message.Exchange, message.RoutingKey, mandatory: true, properties, message.Body, _ended.Token);

    private Task OnLoneReturnAsync(object sender, BasicReturnEventArgs returned)
    {
        if (returned.RoutingKey != LoneBarrier.Key)
            _loneReturned(returned);
        else if (_barriers.TryDequeue(out var barrier))
            barrier.OnReturned();
        return Task.CompletedTask;
    }

    private Task OnReturnAsync(object sender, BasicReturnEventArgs returned)
    {
        // The confirm of the same message always follows the return (rabbit_channel.erl); only there it is dealt with.
        if (ulong.TryParse(returned.BasicProperties.MessageId, NumberStyles.None, CultureInfo.InvariantCulture, out var tag)
            && _unconfirmed.Find(tag) is { } message)
            message.IsReturned = true;
        return Task.CompletedTask;
    }

    private Task OnAckAsync(object sender, BasicAckEventArgs confirm)
    {
        Settle(confirm.DeliveryTag, confirm.Multiple, PublishOutcome.Confirmed);
        return Task.CompletedTask;
    }

    private Task OnNackAsync(object sender, BasicNackEventArgs confirm)
    {
        Settle(confirm.DeliveryTag, confirm.Multiple, PublishOutcome.Refused);
        return Task.CompletedTask;
    }

    private void Settle(ulong tag, bool multiple, PublishOutcome outcome)
    {
        var messages = _unconfirmed.Take(tag, multiple, out var room);
        if (room > 0)
            _room.Release(room);
        foreach (var message in messages)
        {
            Budget.GiveBack(message.Charge);
            message.OnOutcome(message.IsReturned ? PublishOutcome.Returned : outcome);
        }
    }
}
