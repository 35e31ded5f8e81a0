namespace RabbitBridge.EndToEndTests;

/// <summary>The demo's runs, beside the tests of <see cref="BrokerGroup"/> and on a broker of their own.</summary>
[CollectionDefinition(Name)]
public sealed class DemoGroup : ICollectionFixture<BrokerFixture>
{
    public const string Name = "demo";
}
