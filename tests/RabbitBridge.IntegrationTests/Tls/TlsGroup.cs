namespace RabbitBridge.IntegrationTests.Tls;

/// <summary>The tests with brokers that talk TLS. They come after all others, whose times they would disturb: two brokers start.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TlsGroup : ICollectionFixture<TlsFixture>
{
    public const string Name = "tls";
}
