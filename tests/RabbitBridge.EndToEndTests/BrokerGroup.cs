namespace RabbitBridge.EndToEndTests;

/// <summary>The tests on a real broker. The demo runs beside them, in <see cref="DemoGroup"/>.</summary>
[CollectionDefinition(Name)]
public sealed class BrokerGroup : ICollectionFixture<BrokerFixture>
{
    public const string Name = "broker";
}
