using System.Security.Cryptography;
using RabbitBridge.Cli.Workers;
using RabbitBridge.Testing;

namespace RabbitBridge.Cli.Demo;

/// <summary>What the demo starts: a broker and two gateway processes. It ends all of it, and makes sure that nothing is left.</summary>
internal sealed class DemoWorld(IDemoView view)
{
    private readonly List<WorkerProcess> _workers = [];
    private readonly HashSet<string> _queues = new(StringComparer.Ordinal);
    private TestBroker? _broker;

    /// <summary>Its own, so that it meets nothing else on a broker that is not its own.</summary>
    public string Prefix { get; } = $"demo-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";

    public TestBroker Broker => _broker ?? throw new InvalidOperationException("The broker comes first.");

    public WorkerSession East { get; private set; } = null!;

    public WorkerSession West { get; private set; } = null!;

    public async Task StartBrokerAsync(CancellationToken cancellationToken) =>
        _broker = await TestBroker.StartAsync(new TestBrokerOptions { Progress = view.Progress }, cancellationToken).ConfigureAwait(false);

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
            foreach (var worker in _workers)
                await worker.DisposeAsync().ConfigureAwait(false);
            if (_workers.Count > 0)
                await new BrokerTraces(Broker.AmqpUri, Prefix).RemoveAsync(_queues).ConfigureAwait(false);
        }
        finally
        {
            if (_broker is not null)
                await _broker.DisposeAsync().ConfigureAwait(false);
        }

        var broker = _broker switch
        {
            null => "",
            { Kind: TestBrokerKind.External } => " The broker was there before and goes on.",
            _ => " The broker is gone, and its folder with it.",
        };
        return $"Both processes have ended; no queue and no exchange named {Prefix} is left.{broker}";
    }

    private async Task<WorkerSession> StartGatewayAsync(string name, CancellationToken cancellationToken)
    {
        var worker = await WorkerProcess.StartAsync(name, Broker.AmqpUri, Prefix, cancellationToken: cancellationToken).ConfigureAwait(false);
        lock (_workers)
            _workers.Add(worker);
        return await worker.OpenSessionAsync(cancellationToken).ConfigureAwait(false);
    }
}
