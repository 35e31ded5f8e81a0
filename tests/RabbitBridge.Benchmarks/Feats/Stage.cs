using System.Globalization;
using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Workers;
using RabbitBridge.Testing;

namespace RabbitBridge.Benchmarks.Feats;

/// <summary>A broker of a feat's own, and its processes.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private readonly List<Worker> _workers = [];

    private Stage(TestBroker broker, Action<string> say)
    {
        Broker = broker;
        Say = say;
        Site = new Site(broker.AmqpUri, "bench");
    }

    public TestBroker Broker { get; }

    public Site Site { get; }

    public Action<string> Say { get; }

    public static async Task<Stage> SetAsync(Action<string> say, CancellationToken cancellationToken)
    {
        // RabbitMQ 4.0 may not boot a second time with denied features (rabbitmq-server#12840).
        var options = new TestBrokerOptions { DenyDeprecatedFeatures = false, Progress = say };
        return new Stage(await TestBroker.StartAsync(options, cancellationToken).ConfigureAwait(false), say);
    }

    /// <summary>Starts a process in a role.</summary>
    public async Task<Worker> StartAsync(WorkerCommand role, CancellationToken cancellationToken)
    {
        var worker = Worker.Start(isServer: false);
        _workers.Add(worker);
        await worker.BecomeAsync(role, cancellationToken).ConfigureAwait(false);
        return worker;
    }

    /// <summary>
    /// Has the broker evaluate Erlang that ends with the system's time in milliseconds: the broker's own word, for the end of a control command
    /// comes some hundred milliseconds after what it has done.
    /// </summary>
    /// <returns><see langword="null"/> if it ended with 0.</returns>
    public async Task<DateTimeOffset?> EvaluateTimeAsync(string erlang)
    {
        var text = await Broker.RunControlCommandAsync("eval", erlang).ConfigureAwait(false);
        var milliseconds = long.Parse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture);
        return milliseconds == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in Enumerable.Reverse(_workers))
            await worker.DisposeAsync().ConfigureAwait(false);
        await Broker.DisposeAsync().ConfigureAwait(false);
    }
}
