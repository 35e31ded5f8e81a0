using System.Diagnostics;
using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Measuring;
using RabbitBridge.Benchmarks.Workers;
using RabbitBridge.Testing;

namespace RabbitBridge.Benchmarks.Scenarios;

/// <summary>The processes of one subject.</summary>
internal sealed class Pair : IAsyncDisposable
{
    private readonly List<Worker> _workers = [];
    private readonly Subject _subject;
    private readonly Site _site;
    private readonly bool _leavesNothing;

    private Pair(Subject subject, Site site, bool leavesNothing) => (_subject, _site, _leavesNothing) = (subject, site, leavesNothing);

    public string Name => _subject.Name;

    /// <summary>How long the calling process took to be ready, with its connections open.</summary>
    public TimeSpan CallerStart { get; private set; }

    /// <summary>Starts the processes of a subject, which know nothing of those of any other.</summary>
    public static async Task<Pair> StartAsync(Subject subject, TestBroker broker, CancellationToken cancellationToken)
    {
        var site = new Site(broker.AmqpUri, $"bench-{Guid.NewGuid():N}"[..18]);
        var pair = new Pair(subject, site, leavesNothing: broker.Kind == TestBrokerKind.External);
        try
        {
            var address = subject.Responder is { } responder
                ? await pair.Add(subject.IsServer).BecomeAsync(responder(site), cancellationToken).ConfigureAwait(false)
                : string.Empty;
            if (subject.Handler is { } handler)
                address = await pair.Add().BecomeAsync(handler(address), cancellationToken).ConfigureAwait(false);
            var caller = pair.Add();
            var started = Stopwatch.GetTimestamp();
            await caller.BecomeAsync(subject.Caller(site, address), cancellationToken).ConfigureAwait(false);
            pair.CallerStart = Stopwatch.GetElapsedTime(started);
            return pair;
        }
        catch
        {
            await pair.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The memory of the answering process while it has nothing to do.</summary>
    public Task<long> IdleBytesAsync(CancellationToken cancellationToken) => _workers[0].IdleWorkingSetAsync(cancellationToken);

    public async Task<Round> MeasureAsync(Measure order, BrokerProcess? broker, CancellationToken cancellationToken)
    {
        var measuring = _workers[^1].MeasureAsync(order, cancellationToken);
        // The bench looks at the clock itself: in a worker that is kept busy a timer may come too late.
        await Task.WhenAny(measuring, Task.Delay(order.WarmUp, cancellationToken)).ConfigureAwait(false);
        var before = ProcessorTimes(broker);
        var measured = await measuring.ConfigureAwait(false);
        var after = ProcessorTimes(broker);
        return new Round(
            measured,
            (after.Clients - before.Clients).TotalMicroseconds / measured.Requests,
            (after.Broker - before.Broker)?.TotalMicroseconds / measured.Requests);
    }

    public async ValueTask DisposeAsync()
    {
        // The caller first: it has nothing to lose when its partner goes.
        foreach (var worker in Enumerable.Reverse(_workers))
            await worker.DisposeAsync().ConfigureAwait(false);
        if (_leavesNothing)
            await Leftovers.RemoveAsync(_site).ConfigureAwait(false);
    }

    private Worker Add(bool isServer = false)
    {
        var worker = Worker.Start(isServer);
        _workers.Add(worker);
        return worker;
    }

    private (TimeSpan Clients, TimeSpan? Broker) ProcessorTimes(BrokerProcess? broker) =>
        (_workers.Aggregate(TimeSpan.Zero, (sum, worker) => sum + worker.ProcessorTime), broker?.ProcessorTime);
}
