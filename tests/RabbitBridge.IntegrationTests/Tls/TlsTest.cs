using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Tls;

/// <summary>The ground of the tests with gateways that talk TLS to their broker.</summary>
public abstract class TlsTest(TlsFixture tls) : IAsyncLifetime
{
    private readonly List<IGateway> _gateways = [];

    private protected TlsFixture Tls { get; } = tls;

    private protected CapturingLogger Log { get; } = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Task.WhenAll(_gateways.Select(gateway => gateway.DisposeAsync().AsTask()));

    private protected IGateway Create(RabbitMqOptions options, string name = "a", TimeSpan? startTimeout = null)
    {
        var gateway = RabbitMqGateway.Create(new GatewayOptions { Name = name, StartTimeout = startTimeout ?? TimeSpan.FromSeconds(30) }, options, logger: Log);
        _gateways.Add(gateway);
        return gateway;
    }

    /// <summary>Starts two gateways, of which one asks the other.</summary>
    private protected async Task<(IGateway A, IGateway B)> ExchangeAsync(RabbitMqOptions options)
    {
        var (a, b) = (Create(options, "a"), Create(options, "b"));
        await Task.WhenAll(a.StartAsync(), b.StartAsync());
        await a.OpenSession().AnswerAsync("tls", "across");

        Assert.Equal("across", await b.OpenSession().AskAsync("tls"));
        return (a, b);
    }

    /// <summary>Starts a gateway that cannot be.</summary>
    /// <returns>What it says.</returns>
    private protected async Task<string> RefusedAsync(RabbitMqOptions options)
    {
        var gateway = Create(options);
        var start = gateway.StartAsync();
        // Definite, and not after all of StartTimeout: no further attempt would help. On a busy machine a step may not be done in the time that the first attempts give it
        // (docs/decisions.md, "Opening is impatient at first"), which says nothing of the other side.
        await Eventually.TrueAsync(() => start.IsCompleted || Retries().Any(), "the start ends, one way or the other");
        Assert.True(start.IsCompleted, $"It is tried again: {string.Join('\n', Retries())}");
        var error = await Assert.ThrowsAsync<CommunicationFailureException>(() => start);
        Assert.DoesNotContain(nameof(GatewayOptions.StartTimeout), error.Message, StringComparison.Ordinal);
        Assert.False(gateway.IsConnected);
        return error.Message;

        IEnumerable<string> Retries() => Log.Lines
            .Where(static line => line.Event == "ConnectFailed" && !line.Text.Contains("has not been done within", StringComparison.Ordinal))
            .Select(static line => line.Text);
    }
}
