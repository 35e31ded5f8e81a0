using System.Collections.Concurrent;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.RabbitMq.Links;
using RabbitBridge.RabbitMq.PublicPlane;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Consuming;

/// <summary>
/// Keeps the handler queues that are consumed in one epoch in step with those that are wanted, by a few workers at once. A branch that cannot be consumed is tried again
/// by itself, ever more slowly; it ends no epoch, and holds up no other branch.
/// </summary>
internal sealed class BranchConsumers : IAsyncDisposable
{
    // Each has channels of its own. More than a handful gain nothing: the broker's database takes one change after the other (measured on 3.10: 190 queues/s with one, 560 with 16, 620 with 64).
    private const int MaxWorkers = 16;
    private const int FirstRetryMilliseconds = 10;
    private const int MaxRetryMilliseconds = 5000;

    private readonly ConcurrentDictionary<MessagePath, BranchAttachment> _attachments = new();
    private readonly ConcurrentQueue<BranchAttachment> _due = new();
    private readonly ConcurrentBag<BranchChannels> _idle = [];
    private readonly CancellationTokenSource _ended = new();
    private readonly Epoch _epoch;
    private readonly RabbitMqOptions _options;
    private readonly Func<BranchChannels> _newChannels;
    private int _workers;

    public BranchConsumers(EpochLinks links, PublicContext context, IConnection control, IConnection consume, RabbitMqOptions options)
    {
        (_epoch, _options) = (context.Epoch, options);
        _newChannels = () => new BranchChannels(links, context, control, consume, options, OnLost);
    }

    /// <summary>How many branches are wanted and cannot be consumed.</summary>
    public int ProblemCount => _attachments.Values.Count(static attachment => attachment.Problem is not null);

    public string? Problem(MessagePath branch) => _attachments.GetValueOrDefault(branch)?.Problem;

    /// <summary>Declares, binds and consumes the queue of a branch, now and whenever it is lost in this epoch. Doing so again changes nothing.</summary>
    /// <returns>Completes when it is consumed; fails with a <see cref="CommunicationFailureException"/> if that seems to lead nowhere, though it is tried on, and is cancelled by the end of the epoch.</returns>
    public Task Attach(BranchAnnouncement branch) => Want(branch.Path, branch);

    /// <summary>Stops consuming the queue of a branch, which also ends with the epoch; the broker deletes it with its last consumer.</summary>
    public async Task DetachAsync(MessagePath branch, CancellationToken cancellationToken)
    {
        if (!_attachments.ContainsKey(branch))
            return;
        try
        {
            await Want(branch, null).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The consumers go with their connection.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        foreach (var attachment in _attachments.Values)
            attachment.End();
    }

    private Task Want(MessagePath path, BranchAnnouncement? branch)
    {
        while (true)
        {
            var attachment = _attachments.GetOrAdd(path, static path => new BranchAttachment(path));
            if (attachment.Want(branch, out var isToDo) is not { } settled)
            {
                _attachments.TryRemove(new KeyValuePair<MessagePath, BranchAttachment>(path, attachment));
                continue;
            }

            if (isToDo)
                Enqueue(attachment);
            if (_ended.IsCancellationRequested)
                attachment.End();
            return settled;
        }
    }

    private void Enqueue(BranchAttachment attachment)
    {
        _due.Enqueue(attachment);
        while (!_due.IsEmpty && Volatile.Read(ref _workers) is var workers and < MaxWorkers)
        {
            if (Interlocked.CompareExchange(ref _workers, workers + 1, workers) != workers)
                continue;
            _ = WorkAsync();
            return;
        }
    }

    private async Task WorkAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var channels = _idle.TryTake(out var idle) ? idle : _newChannels();
        while (_due.TryDequeue(out var attachment))
            await WorkAtAsync(attachment, channels).ConfigureAwait(false);
        _idle.Add(channels);
        Interlocked.Decrement(ref _workers);
        // What came between the last look and the decrement found no free worker.
        if (!_due.IsEmpty && _due.TryDequeue(out var last))
            Enqueue(last);
    }

    private async Task WorkAtAsync(BranchAttachment attachment, BranchChannels channels)
    {
        try
        {
            bool isMore, isForgotten, wasTold;
            do
            {
                var (attach, detach) = attachment.Next();
                BranchConsumer? consumer = null;
                if (attach is not null)
                    consumer = await channels.AttachAsync(attach, hasFailed: attachment.Failures > 0, _ended.Token).ConfigureAwait(false);
                else if (detach is not null)
                    await channels.DetachAsync(detach, _ended.Token).ConfigureAwait(false);
                (isMore, isForgotten, wasTold) = attachment.Done(consumer, detach);
                if (wasTold && consumer is not null)
                    Log.BranchConsumed(_epoch.Logger, attachment.Path.ToString());
            }
            while (isMore);
            if (isForgotten)
                _attachments.TryRemove(new KeyValuePair<MessagePath, BranchAttachment>(attachment.Path, attachment));
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The next epoch attaches every branch.
        }
#pragma warning disable CA1031 // Whatever prevents a branch from being consumed is told, and tried again until it goes away.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            OnFailed(attachment, exception);
        }
    }

    private void OnFailed(BranchAttachment attachment, Exception exception)
    {
        var fatal = Connector.ExplainFatal(exception, _options);
        var problem = fatal ?? Connector.Explain(exception);
        if (attachment.Failed(problem, fatal is not null, new CommunicationFailureException($"'{attachment.Path}' cannot be bound. {problem}", exception)))
            Log.BranchNotConsumed(_epoch.Logger, attachment.Path.ToString(), problem);
        _ = RetryAsync(attachment);
    }

    private async Task RetryAsync(BranchAttachment attachment)
    {
        var longest = Math.Min(FirstRetryMilliseconds << Math.Min(attachment.Failures, 10), MaxRetryMilliseconds);
        try
        {
            // Jitter, so that gateways that want the same queue do not meet again.
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(longest / 2, longest + 1)), _epoch.Clock.TimeProvider, _ended.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (attachment.TryBegin())
            Enqueue(attachment);
    }

    // Called on threads of the client, and for every consumer of a channel that closes.
    private void OnLost(BranchConsumer consumer)
    {
        if (_ended.IsCancellationRequested || _epoch.Ended.IsCompleted || !_attachments.TryGetValue(consumer.Branch.Path, out var attachment) || !attachment.Lost(consumer))
            return;
        Log.ConsumerCancelled(_epoch.Logger, _epoch.Names.HandlerQueue(consumer.Branch.Path));
        if (attachment.TryBegin())
            Enqueue(attachment);
    }
}
