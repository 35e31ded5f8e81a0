namespace RabbitBridge.Gateway.IntegrationTests.Tls;

/// <summary>A gateway process that is reached by HTTPS only, by Kestrel's own configuration. Its certificate is for the address 127.0.0.1 and nothing else.</summary>
public sealed class HttpsFixture : IAsyncLifetime
{
    private GatewayProgram _program = null!;

    public TestAuthority Authority { get; } = new();

    public Uri Address => _program.Address;

    public async Task InitializeAsync()
    {
        var certificate = Authority.Issue("gateway", ["127.0.0.1"]);
        _program = await GatewayProgram.StartAsync(new Dictionary<string, string>
        {
            ["Fabric"] = "InMemory",
            ["Gateway__Name"] = "secure",
            ["Kestrel__Endpoints__Https__Url"] = "https://127.0.0.1:0",
            ["Kestrel__Endpoints__Https__Certificate__Path"] = certificate.CertificateFile,
            ["Kestrel__Endpoints__Https__Certificate__KeyPath"] = certificate.KeyFile,
        });
    }

    public async Task DisposeAsync()
    {
        await _program.DisposeAsync();
        Authority.Dispose();
    }
}
