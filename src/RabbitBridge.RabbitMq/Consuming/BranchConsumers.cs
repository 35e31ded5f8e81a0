using System.Collections.Concurrent;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.RabbitMq.Publishing;
using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.RabbitMq.Consuming;

/// <summary>The handler queues that a gateway consumes in one epoch.</summary>
internal sealed class BranchConsumers(Epoch epoch, IConnection control, IConnection consume, RabbitMqOptions options) : IAsyncDisposable
{
    private const int Attempts = 8;

    // An error closes the channel with all its consumers: not too many share one.
    private const int ConsumersPerChannel = 64;

    // Long enough for any gateway to come back to a queue that a restarted node has recovered without consumers, and that
    // would go on accepting requests for nobody.
    private const int QueueExpiryMilliseconds = 60_000;

    private readonly ConcurrentDictionary<MessagePath, BranchConsumer> _consumers = new();
    private readonly SemaphoreSlim _gate = new(1);
    private readonly CancellationTokenSource _ended = new();
    private IChannel? _declaring;
    private Acknowledgements? _consuming;
    private int _onConsuming;

    /// <summary>Declares and binds the queue of a branch and consumes it. Doing so again changes nothing.</summary>
    /// <exception cref="CommunicationFailureException">It did not succeed, and the epoch is over.</exception>
    public async Task AttachAsync(BranchAnnouncement branch, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        await _gate.WaitAsync(both.Token).ConfigureAwait(false);
        try
        {
            for (var attempt = 1; !_consumers.ContainsKey(branch.Path); attempt++)
            {
                // Declaring, binding and consuming are one unit: the queue may be deleted with another gateway's last
                // consumer between any two of them.
                try
                {
                    await AttachOnceAsync(branch, both.Token).ConfigureAwait(false);
                }
                catch (Exception exception) when (exception is OperationInterruptedException or AlreadyClosedException && attempt < Attempts && Connector.ExplainFatal(exception, options) is null)
                {
                    Log.BindFailed(epoch.Logger, branch.Path.ToString(), Connector.Explain(exception));
                    await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(5, 20 * attempt)), epoch.Clock.TimeProvider, both.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationInterruptedException exception) when (Connector.ExplainFatal(exception, options) is { } problem)
        {
            throw new CommunicationFailureException($"'{branch.Path}' cannot be bound. {problem}", exception);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Stops consuming the queue of a branch; the broker deletes it with its last consumer.</summary>
    public async Task DetachAsync(MessagePath branch, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!_consumers.TryRemove(branch, out var consumer))
        {
            _gate.Release();
            return;
        }

        try
        {
            if (!consumer.Channel.IsOpen)
                return;
            await consumer.Channel.BasicCancelAsync(consumer.Tag, noWait: false, cancellationToken).ConfigureAwait(false);
            if (OutlivesConsumers(consumer.Branch))
                await UnbindUnusedAsync(branch, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A consumer that cannot be cancelled goes with its epoch; the handler is withdrawn in any case.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (consumer.Channel.IsOpen)
                epoch.End($"The consumer of '{branch}' could not be cancelled: {Connector.Explain(exception)}");
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        _consumers.Clear();
    }

    private async Task AttachOnceAsync(BranchAnnouncement branch, CancellationToken cancellationToken)
    {
        var queue = epoch.Names.HandlerQueue(branch.Path);
        var declaring = await DeclaringAsync(cancellationToken).ConfigureAwait(false);
        await declaring.QueueDeclareAsync(
            queue,
            durable: true,
            exclusive: false,
            autoDelete: !OutlivesConsumers(branch),
            QueueArguments(),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        var level = epoch.Names.Level(branch.Path.Depth);
        await declaring.QueueBindAsync(queue, level, RoutingKeys.ForBranch(branch.Path), cancellationToken: cancellationToken).ConfigureAwait(false);

        var consuming = await ConsumingAsync(cancellationToken).ConfigureAwait(false);
        var consumer = new BranchConsumer(consuming, branch, epoch, OnLost);
        consumer.Tag = await consuming.Channel.BasicConsumeAsync(queue, autoAck: false, consumer, cancellationToken).ConfigureAwait(false);
        _onConsuming++;
        _consumers[branch.Path] = consumer;
        await AwaitBindingAsync(branch, declaring, queue, level, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Waits until the binding is in force where this gateway publishes: with Khepri other nodes see it some milliseconds
    /// after bind-ok (measured on 4.3: up to 4 ms). Until then a request would fall to a less specific handler.
    /// </summary>
    private async Task AwaitBindingAsync(BranchAnnouncement branch, IChannel declaring, string queue, string level, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var outcome = await epoch.Publisher.PublishAsync(level, RoutingKeys.Of(branch.Path), ProbeMessage.Type, replyTo: null)
                .WaitAsync(cancellationToken).ConfigureAwait(false);
            if (outcome != PublishOutcome.Returned)
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(5 * attempt), epoch.Clock.TimeProvider, cancellationToken).ConfigureAwait(false);
            // Another gateway's last leave may have taken the binding along.
            await declaring.QueueBindAsync(queue, level, RoutingKeys.ForBranch(branch.Path), cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        throw new CommunicationFailureException($"The broker has accepted the binding of '{branch.Path}' but does not route by it.");
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
            ["x-dead-letter-exchange"] = epoch.Names.DeadLetter,
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
        var queue = epoch.Names.HandlerQueue(branch);
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

        await declaring.QueueUnbindAsync(queue, epoch.Names.Level(branch.Depth), RoutingKeys.ForBranch(branch), cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    private async Task<IChannel> DeclaringAsync(CancellationToken cancellationToken)
    {
        if (_declaring is not { IsOpen: true })
            _declaring = await control.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        return _declaring;
    }

    private async Task<Acknowledgements> ConsumingAsync(CancellationToken cancellationToken)
    {
        if (_consuming is { Channel.IsOpen: true } && _onConsuming < ConsumersPerChannel)
            return _consuming;
        var channel = await consume.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.BasicQosAsync(0, options.HandlerPrefetch, global: false, cancellationToken).ConfigureAwait(false);
        _consuming = new Acknowledgements(channel, epoch);
        _onConsuming = 0;
        return _consuming;
    }

    // Called on threads of the client, and for every consumer of a channel that closes.
    private async void OnLost(BranchConsumer consumer)
    {
        if (_ended.IsCancellationRequested || !_consumers.TryRemove(new KeyValuePair<MessagePath, BranchConsumer>(consumer.Branch.Path, consumer)))
            return;
        Log.ConsumerCancelled(epoch.Logger, epoch.Names.HandlerQueue(consumer.Branch.Path));
        try
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            await AttachAsync(consumer.Branch, CancellationToken.None).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The next epoch attaches every branch.
        }
#pragma warning disable CA1031 // A branch that cannot be consumed is mended by a new epoch, which reports what is wrong.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            epoch.End($"The queue of '{consumer.Branch.Path}' could not be consumed again: {Connector.Explain(exception)}");
        }
    }
}
