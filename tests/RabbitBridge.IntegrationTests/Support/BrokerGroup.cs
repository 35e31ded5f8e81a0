namespace RabbitBridge.IntegrationTests;

/// <summary>The tests on a real broker. The contracts run beside them, in <see cref="ContractsGroup"/>.</summary>
[CollectionDefinition(Name)]
public sealed class BrokerGroup : ICollectionFixture<BrokerFixture>
{
    public const string Name = "broker";
}
