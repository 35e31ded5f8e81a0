using System.Security.Cryptography;
using RabbitBridge.Cli.Demo.Remote;
using RabbitBridge.Cli.Workers;
using RabbitBridge.Testing;

namespace RabbitBridge.Cli.Demo;

/// <summary>What the demo starts: a broker, two gateway processes, and what remote sessions need. It ends all of it, and makes sure that nothing is left.</summary>
internal sealed class DemoWorld
{
    private readonly IDemoView _view;
    private readonly List<WorkerProcess> _workers = [];
    private readonly HashSet<string> _queues = new(StringComparer.Ordinal);
    private TestBroker? _broker;

    public DemoWorld(IDemoView view)
    {
        _view = view;
        Remote = new RemoteWorld(() => Broker, Prefix, view.Progress);
    }

    /// <summary>Its own, so that it meets nothing else on a broker that is not its own.</summary>
    public string Prefix { get; } = $"demo-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";

    public TestBroker Broker => _broker ?? throw new InvalidOperationException("The broker comes first.");

    public WorkerSession East { get; private set; } = null!;

    public WorkerSession West { get; private set; } = null!;

    /// <summary>The gateway programs and their sessions.</summary>
    public RemoteWorld Remote { get; }

    public async Task StartBrokerAsync(CancellationToken cancellationToken) =>
        _broker = await TestBroker.StartAsync(new TestBrokerOptions { Progress = _view.Progress }, cancellationToken).ConfigureAwait(false);

    public async Task StartGatewaysAsync(CancellationToken cancellationToken)
    {
        var east = StartGatewayAsync("east", cancellationToken);
        var west = StartGatewayAsync("west", cancellationToken);
        await Task.WhenAll(east, west).ConfigureAwait(false);
        East = await east.ConfigureAwait(false);
        West = await west.ConfigureAwait(false);
    }

    /// <summary>Registers a handler and remembers its queue.</summary>
    public async Task<int> AddHandlerAsync(WorkerSession session, string path, HandlerBehaviour behaviour, CancellationToken cancellationToken)
    {
        _queues.Add(path == "/" ? "#" : path.Replace('/', '.'));
        return await session.AddHandlerAsync(path, behaviour, $"{session.Worker.Name}, {path}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends everything, whatever was started by now.</summary>
    /// <exception cref="DemoFailedException">Something is left.</exception>
    public async Task<string> EndAsync()
    {
        try
        {
            await Remote.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            await EndRestAsync().ConfigureAwait(false);
        }

        var broker = _broker switch
        {
            null => "",
            { Kind: TestBrokerKind.External } => " The broker was there before and goes on.",
            _ => " The broker is gone, and its folder with it.",
        };
        return $"All processes have ended; no queue and no exchange named {Prefix} is left.{broker}";
    }

    private async Task EndRestAsync()
    {
        try
        {
            foreach (var worker in _workers)
                await worker.DisposeAsync().ConfigureAwait(false);
            if (_workers.Count > 0)
                await new BrokerTraces(Broker.AmqpUri, Prefix).RemoveAsync(_queues).ConfigureAwait(false);
            if (Remote.IsStarted)
                await new BrokerTraces(Broker.AmqpUri, Remote.Prefix).RemoveAsync(Remote.Queues).ConfigureAwait(false);
        }
        finally
        {
            if (_broker is not null)
                await _broker.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<WorkerSession> StartGatewayAsync(string name, CancellationToken cancellationToken)
    {
        var worker = await WorkerProcess.StartAsync(name, Broker.AmqpUri, Prefix, cancellationToken: cancellationToken).ConfigureAwait(false);
        lock (_workers)
            _workers.Add(worker);
        return await worker.OpenSessionAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
    }
}
