using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;

namespace RabbitBridge.Projects;

/// <summary>Messages that are handled one after the other, in the order in which they came.</summary>
internal sealed class MessageQueue
{
    private readonly Channel<MessageJob> _jobs;
    private readonly ILogger _logger;
    private readonly Telemetry _telemetry;
    private readonly CancellationToken _stopping;

    /// <param name="capacity">How many may wait.</param>
    /// <param name="logger">Where failures go.</param>
    /// <param name="telemetry">Counts failures.</param>
    /// <param name="stopping">Ends the queue; what waits is dropped, and logged.</param>
    public MessageQueue(int capacity, ILogger logger, Telemetry telemetry, CancellationToken stopping)
    {
        (_logger, _telemetry, _stopping) = (logger, telemetry, stopping);
        _jobs = Channel.CreateBounded<MessageJob>(new BoundedChannelOptions(capacity) { SingleReader = true });
        Completion = Task.Run(HandleAllAsync, CancellationToken.None);
    }

    /// <summary>Ends with the last message. Never fails: a job does not, nor is there anything else in the loop that could.</summary>
    public Task Completion { get; }

    /// <returns>Whether there was room.</returns>
    public bool TryAdd(MessageJob job) => _jobs.Writer.TryWrite(job);

    /// <summary>Takes no more; what waits is still handled.</summary>
    public void Complete() => _jobs.Writer.TryComplete();

    private async Task HandleAllAsync()
    {
        try
        {
            while (await _jobs.Reader.WaitToReadAsync(_stopping).ConfigureAwait(false))
            {
                while (!_stopping.IsCancellationRequested && _jobs.Reader.TryRead(out var job))
                    await job.RunAsync(_logger, _telemetry, _stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            _jobs.Writer.TryComplete();
            var dropped = 0;
            while (_jobs.Reader.TryRead(out var job))
            {
                dropped++;
                job.Answer?.Invoke(null, new SessionClosedException("Its recipient is closed."));
            }

            if (dropped > 0)
                Log.MessagesDropped(_logger, dropped);
        }
    }
}
