using RabbitBridge.Testing;

namespace RabbitBridge.IntegrationTests.Tls;

/// <summary>A broker of its own with a listener for TLS.</summary>
internal sealed class TlsNode(TestBroker broker, int port, string prefix) : IAsyncDisposable
{
    private int _prefixes;

    public TestBroker Broker => broker;

    public static async Task<TlsNode> StartAsync(TestAuthority authority, IssuedCertificate certificate, bool needsClientCertificate)
    {
        var port = FreePorts.Take(1)[0];
        var broker = await TestBroker.StartAsync(new TestBrokerOptions
        {
            Kind = TestBrokerKind.PrivateNode,
            NodePlugins = ["rabbitmq_auth_mechanism_ssl"],
            NodeConfiguration =
            [
                $"listeners.ssl.1 = 127.0.0.1:{port}",
                $"ssl_options.cacertfile = {authority.CaFile}",
                $"ssl_options.certfile = {certificate.CertificateFile}",
                $"ssl_options.keyfile = {certificate.KeyFile}",
                "ssl_options.verify = verify_peer",
                $"ssl_options.fail_if_no_peer_cert = {(needsClientCertificate ? "true" : "false")}",
                "auth_mechanisms.1 = PLAIN",
                "auth_mechanisms.2 = EXTERNAL",
                "ssl_cert_login_from = common_name",
            ],
        });
        return new TlsNode(broker, port, needsClientCertificate ? "strict" : "open");
    }

    public Uri Uri(string host = "localhost", string user = "guest:guest") => new($"amqps://{user}@{host}:{port}/");

    /// <summary>Options with a prefix that nobody else has.</summary>
    public RabbitMqOptions Options(Uri? uri = null) => new() { Uri = uri ?? Uri(), Prefix = $"{prefix}-{Interlocked.Increment(ref _prefixes)}" };

    public ValueTask DisposeAsync() => broker.DisposeAsync();
}
