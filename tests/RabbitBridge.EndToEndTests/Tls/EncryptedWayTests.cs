using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using RabbitBridge.EndToEndTests.Cli;
using RabbitBridge.IntegrationTests;

namespace RabbitBridge.EndToEndTests.Tls;

/// <summary>Processes that are configured as an operator does it, with nothing in the clear between them.</summary>
public sealed class EncryptedWayTests(TlsBroker broker) : IClassFixture<TlsBroker>, IAsyncLifetime
{
    private readonly Programs _programs = Programs.Create();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _programs.DisposeAsync();

    [NodeFact]
    public async Task Requests_go_from_client_to_gateway_to_broker_to_gateway_to_client()
    {
        var (north, south) = (await StartGatewayAsync("north"), await StartGatewayAsync("south"));

        await using var service = await ConnectAsync(north);
        await using var caller = await ConnectAsync(south);
        await service.Messages.AddRequestHandlerAsync<string, string>("all/tls", (text, _, _) => new($"{text}, encrypted"));

        Assert.Equal("hello, encrypted", await caller.Messages.SendRequestAsync<string, string>("all/tls", "hello"));
        Assert.Equal(("north", "south"), (service.Gateway, caller.Gateway));
    }

    [NodeFact]
    public async Task A_gateway_that_refuses_its_broker_ends_with_3_and_says_which_check_has_failed()
    {
        var run = _programs.Start("gateway", "--RabbitMq:Uri", broker.Uri, "--urls", "http://127.0.0.1:0");

        Assert.Equal(3, await run.EndAsync());
        Assert.Contains("The broker's certificate (CN=server, issued by CN=Test Authority) is refused. The chain: ", run.Errors, StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task The_doctor_finds_a_broker_with_tls_well()
    {
        var run = await ExamineAsync(0, broker.Uri, "--ca-file", broker.Authority.CaFile, "--certificate", broker.Client.CertificateFile, "--key", broker.Client.KeyFile);

        Assert.Contains("over TLS", Text(run), StringComparison.Ordinal);
        Assert.Contains(run.Lines, line => line.TryGetProperty("check", out var check) && check.GetString() == "round trip" && line.GetProperty("result").GetString() == "ok");
    }

    [NodeFact]
    public async Task The_doctor_opens_a_file_with_the_password_of_the_environment()
    {
        var run = _programs.StartWith(
            new() { ["RABBITBRIDGE_TLS_PASSWORD"] = TestAuthority.Password },
            "doctor", "--broker", broker.Uri, "--json", "--ca-file", broker.Authority.CaFile, "--pfx", broker.Client.PfxFile);

        Assert.True(await run.EndAsync() == 0, run.All);
    }

    [NodeFact]
    public async Task The_doctor_says_which_check_of_the_brokers_certificate_fails()
    {
        Assert.Contains("The chain: no trusted authority has signed it", Text(await ExamineAsync(5, broker.Uri)), StringComparison.Ordinal);
        var other = broker.Uri.Replace("localhost", "127.0.0.1", StringComparison.Ordinal);
        var text = Text(await ExamineAsync(5, other, "--ca-file", broker.Authority.CaFile));
        Assert.Contains("The name: it is for 'localhost', and not for '127.0.0.1' (--server-name", text, StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task The_doctor_says_that_the_broker_may_want_a_certificate()
    {
        var run = await ExamineAsync(5, broker.Uri, "--ca-file", broker.Authority.CaFile);

        Assert.Contains("ends the connection after the TLS handshake", Text(run), StringComparison.Ordinal);
        Assert.Contains("--certificate and --key", Line(run).GetProperty("advice").GetString(), StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task The_doctor_warns_of_a_check_that_is_switched_off()
    {
        var run = await ExamineAsync(0, broker.Uri, "--accept-any-server", "--certificate", broker.Client.CertificateFile, "--key", broker.Client.KeyFile);

        Assert.Equal("warning", Line(run).GetProperty("result").GetString());
    }

    [Fact]
    public async Task Wrong_options_for_tls_are_wrong_usage()
    {
        var run = await _programs.RunAsync(2, "doctor", "--broker", "amqps://broker.test", "--ca-file", "/no/such.pem", "--key", "x");
        Assert.Contains("--ca-file '/no/such.pem': there is no such file", run.Errors, StringComparison.Ordinal);
        Assert.Contains("--certificate: it is needed with --key.", run.Errors, StringComparison.Ordinal);

        run = await _programs.RunAsync(2, "doctor", "--broker", "amqp://broker.test", "--accept-any-server");
        Assert.Contains("--accept-any-server: it needs TLS", run.Errors, StringComparison.Ordinal);
    }

    /// <returns>The address for clients.</returns>
    private async Task<Uri> StartGatewayAsync(string name)
    {
        var address = new Uri($"https://localhost:{Programs.FreePort()}");
        var run = _programs.StartWith(
            new()
            {
                ["Gateway__Name"] = name,
                ["RabbitMq__Uri"] = broker.Uri,
                ["RabbitMq__Tls__CaFile"] = broker.Authority.CaFile,
                ["RabbitMq__Tls__PfxFile"] = broker.Client.PfxFile,
                ["RabbitMq__Tls__Password"] = TestAuthority.Password,
                ["Kestrel__Endpoints__Https__Url"] = address.ToString(),
                ["Kestrel__Endpoints__Https__Certificate__Path"] = broker.Server.CertificateFile,
                ["Kestrel__Endpoints__Https__Certificate__KeyPath"] = broker.Server.KeyFile,
            },
            "gateway");
        await Until.TrueAsync(
            () =>
            {
                Assert.False(run.HasExited, run.All);
                return run.All.Contains("Now listening on: https://", StringComparison.Ordinal);
            },
            $"gateway {name} listens");
        return address;
    }

    private Task<IRemoteSession> ConnectAsync(Uri gateway)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(broker.Authority.CaFile);
        return RabbitBridgeClient.ConnectAsync(new ClientOptions
        {
            Addresses = [gateway],
            ConfigureHttp = _ => new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } },
        });
    }

    private Task<ProgramRun> ExamineAsync(int expected, string uri, params string[] options) => _programs.RunAsync(expected, ["doctor", "--broker", uri, "--json", .. options]);

    private static string Text(ProgramRun run) => Line(run).GetProperty("text").GetString()!;

    private static JsonElement Line(ProgramRun run) => run.Lines.First(line => line.TryGetProperty("check", out var name) && name.GetString() == "broker");
}
