using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Links;
using RabbitBridge.RabbitMq.PublicPlane;
using RabbitBridge.RabbitMq.Publishing;
using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.RabbitMq.Consuming;

/// <summary>The channels on which one worker declares, binds and consumes the queues of branches, one after the other.</summary>
internal sealed class BranchChannels(EpochLinks links, PublicContext context, IConnection control, IConnection consume, RabbitMqOptions options, Action<BranchConsumer> onLost)
{
    private const int BindingAttempts = 8;

    // An error closes the channel with all its consumers: not too many share one.
    private const int ConsumersPerChannel = 64;

    // Long enough for any gateway to come back to a queue that a restarted node has recovered without consumers, and that
    // would go on accepting requests for nobody.
    private const int QueueExpiryMilliseconds = 60_000;

    // For a consumer to get what lies in its queue still.
    private const int EmptyingAttempts = 50;
    private const int EmptyingMilliseconds = 10;

    private readonly Epoch _epoch = context.Epoch;
    private IChannel? _declaring;
    private Acknowledgements? _consuming;
    private int _onConsuming;

    /// <summary>Declares and binds the queue of a branch and consumes it, as one unit: the queue may be deleted with another gateway's last consumer between any two of them.</summary>
    /// <param name="branch">The branch.</param>
    /// <param name="hasFailed">Whether it has failed before: if it fails again, no other branch's consumer is to go with its channel.</param>
    /// <param name="cancellationToken">The epoch's end.</param>
    public async Task<BranchConsumer> AttachAsync(BranchAnnouncement branch, bool hasFailed, CancellationToken cancellationToken)
    {
        try
        {
            return await AttachOnceAsync(branch, hasFailed, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            await DiscardAsync(exception).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops consuming the queue of a branch; the broker deletes it with its last consumer.</summary>
    public async Task DetachAsync(BranchConsumer consumer, CancellationToken cancellationToken)
    {
        if (OutlivesConsumers(consumer.Branch) && consumer.Channel.IsOpen)
            await EmptyAsync(consumer.Branch.Path, cancellationToken).ConfigureAwait(false);
        try
        {
            if (consumer.Channel.IsOpen)
                await consumer.Channel.BasicCancelAsync(consumer.Tag, noWait: false, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Without its channel it consumes nothing any more; the other consumers there are set up anew.
            if (consumer.Channel.IsOpen)
                await consumer.Channel.CloseAsync(Constants.ReplySuccess, "A consumer could not be cancelled.", abort: true, cancellationToken).ConfigureAwait(false);
            throw;
        }

        if (!OutlivesConsumers(consumer.Branch))
            return;
        try
        {
            await UnbindUnusedAsync(consumer.Branch.Path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            await DiscardAsync(exception).ConfigureAwait(false);
            throw;
        }
    }

    // While it is still consumed: what has been routed to the queue is confirmed to its senders, and would be lost with the queue.
    private async Task EmptyAsync(MessagePath branch, CancellationToken cancellationToken)
    {
        var (queue, level, key) = (_epoch.Names.HandlerQueue(branch), _epoch.Names.Level(branch.Depth), RoutingKeys.ForBranch(branch));
        try
        {
            var declaring = await DeclaringAsync(cancellationToken).ConfigureAwait(false);
            if (await declaring.ConsumerCountAsync(queue, cancellationToken).ConfigureAwait(false) > 1)
                return;
            await declaring.QueueUnbindAsync(queue, level, key, cancellationToken: cancellationToken).ConfigureAwait(false);
            // A gateway that consumes it by now may have probed the binding before it went; one that comes later finds its probe returned.
            if (await declaring.ConsumerCountAsync(queue, cancellationToken).ConfigureAwait(false) > 1)
            {
                await declaring.QueueBindAsync(queue, level, key, cancellationToken: cancellationToken).ConfigureAwait(false);
                return;
            }

            for (var attempt = 0; attempt < EmptyingAttempts && await declaring.MessageCountAsync(queue, cancellationToken).ConfigureAwait(false) > 0; attempt++)
                await Task.Delay(EmptyingMilliseconds, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            await DiscardAsync(exception).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<BranchConsumer> AttachOnceAsync(BranchAnnouncement branch, bool hasFailed, CancellationToken cancellationToken)
    {
        var queue = _epoch.Names.HandlerQueue(branch.Path);
        var declaring = await DeclareAsync(branch, queue, cancellationToken).ConfigureAwait(false);
        var level = _epoch.Names.Level(branch.Path.Depth);
        await declaring.QueueBindAsync(queue, level, RoutingKeys.ForBranch(branch.Path), cancellationToken: cancellationToken).ConfigureAwait(false);

        var consuming = hasFailed ? await OpenConsumingAsync(cancellationToken).ConfigureAwait(false) : await ConsumingAsync(cancellationToken).ConfigureAwait(false);
        var consumer = new BranchConsumer(consuming, branch, links, context, onLost);
        consumer.Tag = await consuming.Channel.BasicConsumeAsync(queue, autoAck: false, consumer, cancellationToken).ConfigureAwait(false);
        try
        {
            await AwaitBindingAsync(branch, declaring, queue, level, cancellationToken).ConfigureAwait(false);
            return consumer;
        }
        catch when (consuming.Channel.IsOpen)
        {
            await consuming.Channel.BasicCancelAsync(consumer.Tag, noWait: true, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<IChannel> DeclareAsync(BranchAnnouncement branch, string queue, CancellationToken cancellationToken)
    {
        var declaring = await DeclaringAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await declaring.QueueDeclareAsync(
                queue, durable: true, exclusive: false, autoDelete: !OutlivesConsumers(branch), QueueArguments(), cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && IsHomeless(exception))
        {
            await DeleteHomelessAsync(branch, queue, cancellationToken).ConfigureAwait(false);
            throw;
        }

        return declaring;
    }

    // A classic queue lives at one node. While that is down the others do not know it (404), or take a minute to say so; deleted, it can be declared at another.
    private bool IsHomeless(Exception exception) => options.HandlerQueueType == HandlerQueueType.Classic
        && exception is OperationInterruptedException { ShutdownReason.ReplyCode: Constants.NotFound } or TimeoutException or OperationCanceledException;

    private async Task DeleteHomelessAsync(BranchAnnouncement branch, string queue, CancellationToken cancellationToken)
    {
        var channel = await control.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        await using (channel.ConfigureAwait(false))
        {
            try
            {
                // What waits for redelivery must not go where the broker was only slow.
                await channel.QueueDeleteAsync(queue, ifUnused: true, ifEmpty: branch.Redelivery, cancellationToken: cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is OperationInterruptedException or TimeoutException or OperationCanceledException)
            {
                // The next attempt says what is wrong with the queue.
            }
        }
    }

    /// <summary>
    /// Waits until the binding is in force where this gateway publishes: with Khepri other nodes see it some milliseconds
    /// after bind-ok (measured on 4.3: up to 4 ms). Until then a request would fall to a less specific handler.
    /// </summary>
    private async Task AwaitBindingAsync(BranchAnnouncement branch, IChannel declaring, string queue, string level, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= BindingAttempts; attempt++)
        {
            var outcome = await context.Publisher.PublishAsync(level, RoutingKeys.Of(branch.Path), ProbeMessage.Type, replyTo: null)
                .WaitAsync(cancellationToken).ConfigureAwait(false);
            if (outcome != PublishOutcome.Returned)
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(5 * attempt), _epoch.Clock.TimeProvider, cancellationToken).ConfigureAwait(false);
            // Another gateway's last leave may have taken the binding along.
            await declaring.QueueBindAsync(queue, level, RoutingKeys.ForBranch(branch.Path), cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        throw new CommunicationFailureException("The broker has accepted the binding but does not route by it.");
    }

    private Dictionary<string, object?> QueueArguments()
    {
        var arguments = new Dictionary<string, object?>
        {
            // Explicit: some virtual hosts and brokers make queues quorum by default.
            ["x-queue-type"] = options.HandlerQueueType == HandlerQueueType.Quorum ? "quorum" : "classic",
            ["x-expires"] = QueueExpiryMilliseconds,
            ["x-max-length"] = options.HandlerQueueMaxLength,
            ["x-overflow"] = "reject-publish",
            ["x-dead-letter-exchange"] = _epoch.Names.DeadLetter,
        };
        if (options.HandlerQueueType == HandlerQueueType.Quorum)
            arguments["x-delivery-limit"] = 5;
        return arguments;
    }

    // What is to be redelivered must not go with the queue when the connection of the only gateway is lost.
    private bool OutlivesConsumers(BranchAnnouncement branch) => options.HandlerQueueType == HandlerQueueType.Quorum || branch.Redelivery;

    // Such a queue is not deleted with its last consumer; without its binding it gets nothing more, and expires. A
    // gateway that joins meanwhile finds its probe returned, and binds again.
    private async Task UnbindUnusedAsync(MessagePath branch, CancellationToken cancellationToken)
    {
        var queue = _epoch.Names.HandlerQueue(branch);
        var declaring = await DeclaringAsync(cancellationToken).ConfigureAwait(false);
        if (await declaring.ConsumerCountAsync(queue, cancellationToken).ConfigureAwait(false) > 0)
            return;
        if (options.HandlerQueueType == HandlerQueueType.Classic)
        {
            // Who registers the branch anew without redelivery declares the queue otherwise.
            try
            {
                await declaring.QueueDeleteAsync(queue, ifUnused: true, ifEmpty: false, cancellationToken: cancellationToken).ConfigureAwait(false);
            }
            catch (OperationInterruptedException exception) when (exception.ShutdownReason is { ReplyCode: Constants.PreconditionFailed or Constants.NotFound })
            {
                // Another gateway has just come, or was as fast.
            }

            return;
        }

        await declaring.QueueUnbindAsync(queue, _epoch.Names.Level(branch.Depth), RoutingKeys.ForBranch(branch), cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    private async Task<IChannel> DeclaringAsync(CancellationToken cancellationToken)
    {
        if (_declaring is not { IsOpen: true })
            _declaring = await control.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        return _declaring;
    }

    private async Task<Acknowledgements> ConsumingAsync(CancellationToken cancellationToken)
    {
        if (_consuming is not { Channel.IsOpen: true } || _onConsuming >= ConsumersPerChannel)
            (_consuming, _onConsuming) = (await OpenConsumingAsync(cancellationToken).ConfigureAwait(false), 0);
        _onConsuming++;
        return _consuming;
    }

    private async Task<Acknowledgements> OpenConsumingAsync(CancellationToken cancellationToken)
    {
        var channel = await consume.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.BasicQosAsync(0, options.HandlerPrefetch, global: false, cancellationToken).ConfigureAwait(false);
        return new Acknowledgements(channel, _epoch);
    }

    // A late answer would be taken for that of the next operation (rabbitmq-dotnet-client #1964).
    private async Task DiscardAsync(Exception exception)
    {
        if (exception is OperationInterruptedException || Interlocked.Exchange(ref _declaring, null) is not { IsOpen: true } declaring)
            return;
        await declaring.CloseAsync(Constants.ReplySuccess, "An operation has failed.", abort: true, CancellationToken.None).ConfigureAwait(false);
    }
}
