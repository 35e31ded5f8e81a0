using RabbitBridge.EndToEndTests.Cli;
using RabbitBridge.IntegrationTests;
using RabbitBridge.Testing;

namespace RabbitBridge.EndToEndTests.Tls;

/// <summary>A broker that lets nobody in by TLS who has no certificate of its authority.</summary>
public sealed class TlsBroker : IAsyncLifetime
{
    private readonly int _port = Programs.FreePort();
    private TestBroker? _broker;

    public TestAuthority Authority { get; } = new();

    /// <summary>For the broker and the gateways: for the name <c>localhost</c>.</summary>
    public IssuedCertificate Server { get; private set; } = null!;

    public IssuedCertificate Client { get; private set; } = null!;

    public string Uri => $"amqps://guest:guest@localhost:{_port}/";

    public async Task InitializeAsync()
    {
        Server = Authority.Issue("server", ["localhost"]);
        Client = Authority.Issue("client", [], TestAuthority.ForClients);
        if (NodeFactAttribute.WhyNot is not null)
            return;
        _broker = await TestBroker.StartAsync(new TestBrokerOptions
        {
            Kind = TestBrokerKind.PrivateNode,
            NodeConfiguration =
            [
                $"listeners.ssl.1 = 127.0.0.1:{_port}",
                $"ssl_options.cacertfile = {Authority.CaFile}",
                $"ssl_options.certfile = {Server.CertificateFile}",
                $"ssl_options.keyfile = {Server.KeyFile}",
                "ssl_options.verify = verify_peer",
                "ssl_options.fail_if_no_peer_cert = true",
            ],
        });
    }

    public async Task DisposeAsync()
    {
        if (_broker is not null)
            await _broker.DisposeAsync();
        Authority.Dispose();
    }
}
