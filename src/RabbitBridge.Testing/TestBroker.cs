namespace RabbitBridge.Testing;

/// <summary>
/// A real RabbitMQ for tests, demos and benchmarks: an external one, a container, or a private node. What it starts ends
/// with <see cref="DisposeAsync"/>; a broker that it did not start is never touched.
/// </summary>
/// <remarks>Starting, stopping and restarting must not overlap; everything else may be called from any thread.</remarks>
public sealed class TestBroker : IAsyncDisposable
{
    private readonly IBrokerHost _host;

    private TestBroker(IBrokerHost host, Version serverVersion)
    {
        _host = host;
        ServerVersion = serverVersion;
    }

    /// <summary>Where clients connect, with user and password; the same for the broker's whole life.</summary>
    public Uri AmqpUri => _host.AmqpUri;

    /// <summary>The kind that was chosen.</summary>
    public TestBrokerKind Kind => _host.Kind;

    /// <summary>The server's version, as its AMQP handshake told it.</summary>
    public Version ServerVersion { get; }

    /// <summary>For people, for example "RabbitMQ 3.10.8, private node".</summary>
    public string Description => $"RabbitMQ {ServerVersion}, {_host.Origin}";

    /// <summary>Finds or starts a broker and waits until an AMQP handshake succeeds.</summary>
    /// <param name="options">What to start; null reads everything from the environment.</param>
    /// <param name="ct">Ends the start; what was started by then is removed.</param>
    /// <exception cref="TestBrokerException">No broker can be had; the text says what to install or set.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public static async Task<TestBroker> StartAsync(TestBrokerOptions? options = null, CancellationToken ct = default)
    {
        var settings = BrokerSettings.Resolve(options ?? new TestBrokerOptions());
        var host = await BrokerChoice.StartAsync(settings, ct).ConfigureAwait(false);
        try
        {
            var version = await AmqpProbe.HandshakeAsync(host.AmqpUri, ct).ConfigureAwait(false);
            var broker = new TestBroker(host, version);
            settings.Report($"{broker.Description}, is ready.");
            return broker;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Shuts the broker down in good order; connections are closed, durable data is kept. Does nothing if it is
    /// down.</summary>
    /// <exception cref="NotSupportedException">The broker is external.</exception>
    public Task StopAsync() => _host.StopAsync();

    /// <summary>Kills the broker with SIGKILL, as a power failure would. Does nothing if it is down.</summary>
    /// <exception cref="NotSupportedException">The broker is external.</exception>
    public Task KillAsync() => _host.KillAsync();

    /// <summary>Starts the broker again on the same port, after stopping it if it is up, and waits until an AMQP handshake
    /// succeeds.</summary>
    /// <param name="wipe">False keeps the data; true comes back empty, as if it were new.</param>
    /// <param name="ct">Ends the wait; the broker may then be up or down.</param>
    /// <exception cref="NotSupportedException">The broker is external.</exception>
    /// <exception cref="TestBrokerException">The broker does not come back.</exception>
    public Task RestartAsync(bool wipe = false, CancellationToken ct = default) => _host.RestartAsync(wipe, ct);

    /// <summary>Runs <c>rabbitmqctl</c> against the broker and answers with what it printed.</summary>
    /// <param name="args">The command and its arguments, for example <c>list_queues name</c>.</param>
    /// <exception cref="NotSupportedException">The broker is external.</exception>
    /// <exception cref="TestBrokerException">The command failed; the text holds its output.</exception>
    public Task<string> RunControlCommandAsync(params string[] args) => _host.RunControlCommandAsync(args);

    /// <summary>Ends the broker and removes what it left, unless it is external. A second call does nothing.</summary>
    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
