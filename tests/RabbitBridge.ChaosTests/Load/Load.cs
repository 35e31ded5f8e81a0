using System.Collections.Concurrent;
using System.Diagnostics;

namespace RabbitBridge.ChaosTests.Load;

/// <summary>Sessions at two gateways that ask each other all the time, in every way there is, and note everything.</summary>
internal sealed class Load : IAsyncDisposable
{
    /// <summary>The time of each request.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private static readonly OperationKind[] Kinds = Enum.GetValues<OperationKind>();
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<(Operation Operation, Task Task)> _operations = new();
    private readonly List<Participant> _participants = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _loops = [];
    private int _lastId;

    public Executions Executions { get; } = new();

    public IEnumerable<Operation> Operations => _operations.Select(static each => each.Operation);

    /// <summary>Opens two sessions at each gateway, which go to the other one should they lose it, and lets them ask.</summary>
    public static async Task<Load> StartAsync(Uri north, Uri south)
    {
        var load = new Load();
        try
        {
            foreach (var (name, first, second) in new[] { ("a", north, south), ("b", south, north), ("c", north, south), ("d", south, north) })
            {
                var participant = new Participant(name, load.Executions, [first, second]);
                load._participants.Add(participant);
                await participant.OpenAsync();
            }

            await load.WholeAsync(TimeSpan.FromSeconds(10));
            load._loops.AddRange(load._participants.Select(load.RunAsync));
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until each session can do everything again, and all are reached.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> WholeAsync(TimeSpan limit)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var operations = _participants.SelectMany(from => Kinds.Select(kind => Begin(from, kind, TimeSpan.FromSeconds(1)))).ToArray();
            await Task.WhenAll(operations.Select(static each => each.Task));
            var waited = Stopwatch.GetElapsedTime(start);
            var failed = operations.Select(static each => each.Operation).Where(each => !IsWhole(each)).ToArray();
            if (failed.Length == 0)
                return waited;
            Assert.True(waited < limit, $"After {waited} not everything works: {string.Join("; ", (object[])failed)}");
            await Task.Delay(10);
        }
    }

    /// <summary>Lets the load go on until so many operations more have succeeded.</summary>
    public async Task SucceedAsync(int count)
    {
        var start = Stopwatch.GetTimestamp();
        var wanted = Operations.Count(static each => each.IsSuccess) + count;
        while (Operations.Count(static each => each.IsSuccess) < wanted)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < EndLimit, $"In {EndLimit} fewer than {count} operations have succeeded.");
            await Task.Delay(10);
        }
    }

    /// <summary>Stops, and waits for what is under way.</summary>
    public async Task<Verdict> EndAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_loops);
        await Task.WhenAll(_operations.Select(static each => each.Task)).WaitAsync(EndLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return new Verdict([.. Operations], Executions);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var participant in _participants)
            await participant.DisposeAsync();
    }

    // A project message goes to servers by name, also to one that is gone for good.
    private bool IsWhole(Operation operation) => operation.Kind switch
    {
        OperationKind.Message => operation.Successes == _participants.Count,
        OperationKind.Filter => operation.IsSuccess && operation.Successes == _participants.Count,
        _ => operation.IsSuccess,
    };

    private async Task RunAsync(Participant participant)
    {
        for (var i = 0; !_stopping.IsCancellationRequested; i++)
        {
            Begin(participant, Kinds[i % Kinds.Length], Timeout);
            await Task.Delay(Pace, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private (Operation Operation, Task Task) Begin(Participant from, OperationKind kind, TimeSpan timeout)
    {
        var id = Interlocked.Increment(ref _lastId);
        var other = _participants[(_participants.IndexOf(from) + 1 + (id % (_participants.Count - 1))) % _participants.Count];
        // A project message names no time: each server's status comes within the presence limit, and the fabric may be down.
        var operation = new Operation($"{kind}-{from.Name}-{id}", kind, kind == OperationKind.Message ? null : timeout);
        var begun = (operation, Task.Run(() => from.RunAsync(operation, other, timeout)));
        _operations.Enqueue(begun);
        return begun;
    }
}
