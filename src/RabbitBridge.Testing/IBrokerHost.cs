namespace RabbitBridge.Testing;

/// <summary>One way to have a broker. Once handed out it accepts connections.</summary>
internal interface IBrokerHost : IAsyncDisposable
{
    Uri AmqpUri { get; }

    TestBrokerKind Kind { get; }

    /// <summary>For people: "private node", "container rabbitmq:4-management".</summary>
    string Origin { get; }

    Task StopAsync();

    Task KillAsync();

    Task RestartAsync(bool wipe, CancellationToken ct);

    Task<string> RunControlCommandAsync(IReadOnlyList<string> args);
}
