namespace RabbitBridge.Testing.External;

/// <summary>Somebody else's broker: used, and never touched.</summary>
internal sealed class ExternalBroker(Uri uri) : IBrokerHost
{
    public Uri AmqpUri => uri;

    public TestBrokerKind Kind => TestBrokerKind.External;

    public string Origin => $"external, {uri.Host}";

    public Task StopAsync() => throw NotOurs();

    public Task KillAsync() => throw NotOurs();

    public Task RestartAsync(bool wipe, CancellationToken ct) => throw NotOurs();

    public Task<string> RunControlCommandAsync(IReadOnlyList<string> args) => throw NotOurs();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static NotSupportedException NotOurs() => new(
        $"The broker that {BrokerSettings.UriVariable} names is external: it is never stopped, restarted or controlled from here. "
        + $"Unset that variable, or set {BrokerSettings.KindVariable}=container or node, for a test that needs this.");
}
