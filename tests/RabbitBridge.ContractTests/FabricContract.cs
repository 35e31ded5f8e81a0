namespace RabbitBridge.ContractTests;

/// <summary>The ground of the contract tests: gateways on one fabric, which the subclass provides.</summary>
public abstract class FabricContract : IAsyncLifetime
{
    private readonly List<IGateway> _gateways = [];

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync() =>
        await Task.WhenAll(_gateways.Select(gateway => gateway.DisposeAsync().AsTask()));

    /// <summary>Makes a gateway on the test's own fabric.</summary>
    protected abstract IGateway CreateGateway(GatewayOptions options);

    /// <summary>Takes a gateway from the fabric without a goodbye, as the death of its process does.</summary>
    protected abstract Task CrashAsync(IGateway gateway);

    /// <summary>Has a gateway lose its connection and connect anew.</summary>
    protected abstract Task ReconnectAsync(IGateway gateway);

    protected async Task<IGateway> StartGatewayAsync(string name, Action<GatewayOptions>? configure = null)
    {
        var options = new GatewayOptions { Name = name };
        configure?.Invoke(options);
        var gateway = CreateGateway(options);
        lock (_gateways)
            _gateways.Add(gateway);
        await gateway.StartAsync();
        return gateway;
    }

    protected async Task<(IGateway A, IGateway B)> StartTwoAsync(Action<GatewayOptions>? configure = null) =>
        (await StartGatewayAsync("a", configure), await StartGatewayAsync("b", configure));
}
