namespace RabbitBridge.IntegrationTests.Tls;

/// <summary>The tests with brokers that talk TLS, of which there are two.</summary>
[CollectionDefinition(Name)]
public sealed class TlsGroup : ICollectionFixture<TlsFixture>
{
    public const string Name = "tls";
}
