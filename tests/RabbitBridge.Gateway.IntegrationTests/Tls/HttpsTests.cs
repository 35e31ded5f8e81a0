using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http.Connections;
using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Tls;

/// <summary>The .NET client and a gateway with a certificate of an authority that the system does not know.</summary>
public sealed class HttpsTests(HttpsFixture gateway) : IClassFixture<HttpsFixture>
{
    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task With_the_authority_every_transport_carries_requests(HttpTransportType transport)
    {
        Assert.Equal("https", gateway.Address.Scheme);
        var options = Options(gateway.Address, gateway.Authority) with
        {
            Transports = transport,
            // Server-sent events are text.
            Protocol = transport == HttpTransportType.ServerSentEvents ? ClientProtocol.Json : ClientProtocol.MessagePack,
        };

        await using var service = await RabbitBridgeClient.ConnectAsync(options);
        await using var caller = await RabbitBridgeClient.ConnectAsync(options);
        await service.AnswerAsync($"tls/{transport}", "encrypted");

        Assert.Equal("encrypted", await caller.AskAsync($"tls/{transport}"));
        Assert.Equal("secure", caller.Gateway);
    }

    [Fact]
    public async Task Without_the_authority_the_gateway_is_refused_and_the_error_says_why()
    {
        var error = await RefusedAsync(Options(gateway.Address, null));

        Assert.Contains($"TLS with {gateway.Address} fails: ", error, StringComparison.Ordinal);
        Assert.Contains("errors in the certificate chain", error, StringComparison.Ordinal);
        Assert.Contains("ClientOptions.ConfigureHttp", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_authority_will_not_do()
    {
        using var stranger = new TestAuthority("Stranger");

        Assert.Contains("errors in the certificate chain", await RefusedAsync(Options(gateway.Address, stranger)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_name_will_not_do()
    {
        var address = new UriBuilder(gateway.Address) { Host = "localhost" }.Uri;

        Assert.Contains("RemoteCertificateNameMismatch", await RefusedAsync(Options(address, gateway.Authority)), StringComparison.Ordinal);
    }

    private static async Task<string> RefusedAsync(ClientOptions options) =>
        (await Assert.ThrowsAsync<CommunicationFailureException>(() => RabbitBridgeClient.ConnectAsync(options with { ConnectTimeout = TimeSpan.FromSeconds(5) }))).Message;

    private static ClientOptions Options(Uri address, TestAuthority? authority) => new()
    {
        Addresses = [address],
        ConfigureHttp = authority is null ? null : handler => Trust((HttpClientHandler)handler, authority),
    };

    // As the documentation has it.
    private static SocketsHttpHandler Trust(HttpClientHandler handler, TestAuthority authority)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(authority.CaFile);
        return new SocketsHttpHandler
        {
            CookieContainer = handler.CookieContainer,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
        };
    }
}
