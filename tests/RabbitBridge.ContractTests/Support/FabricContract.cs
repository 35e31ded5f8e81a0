namespace RabbitBridge.ContractTests;

/// <summary>The ground of the contract tests: gateways on one fabric, and the check that none of them forgets a request.</summary>
public abstract class FabricContract(IFabricWorld world) : IAsyncLifetime
{
    private readonly List<IGateway> _gateways = [];

    protected IFabricWorld World { get; } = world;

    /// <summary>
    /// Whether gateways die in the tests, and are missed as soon as elsewhere. Where none does, a process that is kept busy by its
    /// tests must not take the silence of its own other gateways for their death.
    /// </summary>
    protected virtual bool GatewaysDie => false;

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        try
        {
            foreach (var gateway in _gateways)
                await Eventually.TrueAsync(() => gateway.PendingRequests == 0, $"no request of gateway {gateway.Name} is pending");
        }
        finally
        {
            await Task.WhenAll(_gateways.Select(gateway => gateway.DisposeAsync().AsTask()));
        }
    }

    protected async Task<IGateway> StartGatewayAsync(string name, Action<GatewayOptions>? configure = null)
    {
        // The default of 10 s is over in a test that is held up by others; those of time limits set their own.
        var options = new GatewayOptions { Name = name, RequestTimeout = Eventually.Limit };
        if (!GatewaysDie)
            options.PresenceLimit = TimeSpan.FromSeconds(30);
        configure?.Invoke(options);
        var gateway = World.CreateGateway(options);
        lock (_gateways)
            _gateways.Add(gateway);
        await gateway.StartAsync();
        return gateway;
    }

    protected async Task<(IGateway A, IGateway B)> StartTwoAsync(Action<GatewayOptions>? configure = null) =>
        (await StartGatewayAsync("a", configure), await StartGatewayAsync("b", configure));

    protected async Task<(IGateway A, IGateway B, IGateway C)> StartThreeAsync(Action<GatewayOptions>? configure = null) =>
        (await StartGatewayAsync("a", configure), await StartGatewayAsync("b", configure), await StartGatewayAsync("c", configure));

    protected async Task<(IGateway A, IGateway B)> StartTwoWhoMeetAsync(Action<GatewayOptions>? configure = null)
    {
        var (a, b) = await StartTwoAsync(configure);
        await MeetAsync(a, b);
        return (a, b);
    }

    protected async Task<(IGateway A, IGateway B, IGateway C)> StartThreeWhoMeetAsync()
    {
        var (a, b, c) = await StartThreeAsync();
        await MeetAsync(a, b, c);
        return (a, b, c);
    }

    // A server is addressed by its name, and one that has just started is not known everywhere yet.
    private static Task MeetAsync(params IGateway[] gateways) => Eventually.TrueAsync(
        () => gateways.All(gateway => gateway.Gateways.Count == gateways.Length - 1), "all gateways know each other");

    /// <summary>A handler's session and a sender's session, in one gateway or in two.</summary>
    protected async Task<(ISession Handler, ISession Sender)> StartPairAsync(bool local, Action<GatewayOptions>? configure = null)
    {
        var a = await StartGatewayAsync("a", configure);
        var b = local ? a : await StartGatewayAsync("b", configure);
        return (a.OpenSession(), b.OpenSession());
    }
}
