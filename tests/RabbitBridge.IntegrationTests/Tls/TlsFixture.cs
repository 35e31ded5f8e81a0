namespace RabbitBridge.IntegrationTests.Tls;

/// <summary>
/// Two brokers: one that takes clients with and without a certificate, and one that demands it. Their own certificate is for the name
/// <c>localhost</c> and not for the address 127.0.0.1.
/// </summary>
public sealed class TlsFixture : IAsyncLifetime
{
    /// <summary>An AMQP user at the first broker, who has no password that anybody knows.</summary>
    public const string CertifiedUser = "gateway-north";

    private IssuedCertificate _server = null!;

    public TestAuthority Authority { get; } = new();

    public TestAuthority Stranger { get; } = new("Stranger");

    /// <summary>Where the first broker reads its certificate and key.</summary>
    public IssuedCertificate Server => _server;

    public IssuedCertificate Client { get; private set; } = null!;

    internal TlsNode Open { get; private set; } = null!;

    internal TlsNode Strict { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (NodeFactAttribute.WhyNot is not null)
            return;
        _server = Authority.Issue("broker", ["localhost"]);
        Client = Authority.Issue(CertifiedUser, [], TestAuthority.ForClients);
        Open = await TlsNode.StartAsync(Authority, _server, needsClientCertificate: false);
        Strict = await TlsNode.StartAsync(Authority, Authority.Issue("broker", ["localhost"]), needsClientCertificate: true);
        await Open.Broker.RunControlCommandAsync("add_user", CertifiedUser, Guid.NewGuid().ToString());
        await Open.Broker.RunControlCommandAsync("set_permissions", CertifiedUser, ".*", ".*", ".*");
    }

    public async Task DisposeAsync()
    {
        if (Strict is not null)
            await Strict.DisposeAsync();
        if (Open is not null)
            await Open.DisposeAsync();
        Stranger.Dispose();
        Authority.Dispose();
    }
}
