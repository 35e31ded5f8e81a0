using Microsoft.Extensions.Logging;
using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Tls;

/// <summary>Which brokers a gateway takes for its own.</summary>
[Collection(TlsGroup.Name)]
public sealed class ServerCertificateTests(TlsFixture tls) : TlsTest(tls)
{
    [NodeFact]
    public async Task Requests_go_from_gateway_to_gateway_over_tls()
    {
        var options = Tls.Open.Options();
        options.Tls.CaFile = Tls.Authority.CaFile;

        await ExchangeAsync(options);

        var connections = await Tls.Open.Broker.RunControlCommandAsync("list_connections", "ssl", "ssl_protocol", "--quiet");
        // The broker may still show some of another test.
        Assert.True(connections.Split('\n').Count(line => line.StartsWith("true\ttlsv1.", StringComparison.Ordinal)) >= 6, connections);
        Assert.DoesNotContain(Log.Lines, line => line.Level >= LogLevel.Warning);
    }

    [NodeFact]
    public async Task An_authority_that_the_system_does_not_know_is_refused()
    {
        var error = await RefusedAsync(Tls.Open.Options());

        Assert.StartsWith("localhost:", error, StringComparison.Ordinal);
        Assert.Contains("The chain: no trusted authority has signed it", error, StringComparison.Ordinal);
        Assert.Contains("CN=broker, issued by CN=Test Authority", error, StringComparison.Ordinal);
        Assert.Contains("the system's authorities; Tls:CaFile names others", error, StringComparison.Ordinal);
        Assert.DoesNotContain("the name", error, StringComparison.Ordinal);
        Assert.DoesNotContain("guest", error, StringComparison.Ordinal);
        var line = Assert.Single(Log.Lines, line => line.Event == "CertificateRefused");
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains("localhost:", line.Text, StringComparison.Ordinal);
        Assert.Contains("The chain: no trusted authority has signed it", line.Text, StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task An_authority_that_is_not_in_the_file_is_refused()
    {
        var options = Tls.Open.Options();
        options.Tls.CaFile = Tls.Stranger.CaFile;

        Assert.Contains("those in Tls:CaFile only", await RefusedAsync(options), StringComparison.Ordinal);

        options.Tls.TrustSystemToo = true;
        Assert.Contains("those in Tls:CaFile and the system's", await RefusedAsync(options), StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task Another_host_name_is_refused()
    {
        // RabbitMQ.Client by itself takes a certificate for any name when the address is amqps.
        var options = Tls.Open.Options(Tls.Open.Uri("127.0.0.1"));
        options.Tls.CaFile = Tls.Authority.CaFile;

        var error = await RefusedAsync(options);

        Assert.Contains("The name: it is for 'localhost', and not for '127.0.0.1'", error, StringComparison.Ordinal);
        Assert.DoesNotContain("the chain", error, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(Log.Lines, line => line.Event == "CertificateRefused" && line.Text.Contains("The name: ", StringComparison.Ordinal));
    }

    [NodeFact]
    public async Task The_name_that_is_expected_can_be_set()
    {
        var options = Tls.Open.Options(Tls.Open.Uri("127.0.0.1"));
        options.Tls.CaFile = Tls.Authority.CaFile;
        options.Tls.ServerName = "localhost";
        await ExchangeAsync(options);

        options = Tls.Open.Options();
        options.Tls.CaFile = Tls.Authority.CaFile;
        options.Tls.ServerName = "elsewhere.test";
        Assert.Contains("not for 'elsewhere.test'", await RefusedAsync(options), StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task Every_check_that_fails_is_told()
    {
        var error = await RefusedAsync(Tls.Open.Options(Tls.Open.Uri("127.0.0.1")));

        Assert.Contains("The name: ", error, StringComparison.Ordinal);
        Assert.Contains("; the chain: ", error, StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task The_check_can_be_switched_off_and_the_log_says_so_loudly()
    {
        var options = Tls.Open.Options(Tls.Open.Uri("127.0.0.1"));
        options.Tls.AcceptAnyServer = true;

        await ExchangeAsync(options);

        var warnings = Log.Lines.Where(line => line.Event == "AnyServerAccepted").ToArray();
        Assert.Equal(2, warnings.Length);
        Assert.All(warnings, line => Assert.Equal(LogLevel.Warning, line.Level));
        Assert.All(warnings, line => Assert.Contains("NOT CHECKED", line.Text, StringComparison.Ordinal));
    }

    [NodeFact]
    public async Task A_port_without_tls_is_named_as_such()
    {
        var options = Tls.Open.Options(new UriBuilder(Tls.Open.Broker.AmqpUri) { Scheme = "amqps", Host = "localhost" }.Uri);
        options.Tls.CaFile = Tls.Authority.CaFile;

        Assert.Contains("the one for TLS (5671)", await RefusedAsync(options), StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task A_gateway_that_runs_refuses_a_stranger_and_goes_on_when_its_broker_is_back()
    {
        var options = Tls.Open.Options();
        options.Tls.CaFile = Tls.Authority.CaFile;
        var (a, b) = await ExchangeAsync(options);
        var stranger = Tls.Stranger.Issue("broker", ["localhost"]);
        var (certificate, key) = (File.ReadAllText(Tls.Server.CertificateFile), File.ReadAllText(Tls.Server.KeyFile));
        try
        {
            await File.WriteAllTextAsync(Tls.Server.CertificateFile, File.ReadAllText(stranger.CertificateFile));
            await File.WriteAllTextAsync(Tls.Server.KeyFile, File.ReadAllText(stranger.KeyFile));
            await Tls.Open.Broker.RestartAsync();
            await Eventually.TrueAsync(() => Log.Lines.Count(line => line.Event == "CertificateRefused") >= 2, "the gateways refuse the stranger", 30);
            Assert.False(a.IsConnected || b.IsConnected);
        }
        finally
        {
            await File.WriteAllTextAsync(Tls.Server.CertificateFile, certificate);
            await File.WriteAllTextAsync(Tls.Server.KeyFile, key);
            await Tls.Open.Broker.RestartAsync();
        }

        await Eventually.TrueAsync(() => a.IsConnected && b.IsConnected, "the gateways are connected again");
        // What goes to a gateway that is coming back at that moment ends with the one error that says so.
        var sender = b.OpenSession();
        await Eventually.TrueAsync(
            async () => await Record.ExceptionAsync(async () => Assert.Equal("across", await sender.AskAsync("tls"))) switch
            {
                null => true,
                CommunicationFailureException or UnhandledMessageException => false,
                var failure => throw failure,
            },
            "requests go across again",
            30);
    }
}
