using System.Diagnostics;
using RabbitBridge.ContractTests;
using RabbitBridge.EndToEndTests.Cli;

namespace RabbitBridge.EndToEndTests.Samples;

/// <summary>The programs under <c>samples/</c> do what the documentation that shows them says.</summary>
[Collection(BrokerGroup.Name)]
public sealed class SamplesTests(BrokerFixture broker) : IAsyncLifetime
{
    private readonly Programs _programs = Programs.Create();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _programs.DisposeAsync();

    [Fact]
    public async Task First_steps_of_the_README() => Assert.Equal("2 tea at shop/orders/new\n", await RunAsync("FirstSteps", broker.Broker.AmqpUri.ToString()));

    [Fact]
    public async Task Handlers_and_request_clients_of_a_host() => Assert.Contains("2 tea\n", await RunAsync("Hosting", broker.Broker.AmqpUri.ToString()), StringComparison.Ordinal);

    [Fact]
    public async Task A_gateway_in_an_application() => Assert.Contains("Hello Ann\n", await RunAsync("OwnGateway", broker.Broker.AmqpUri.ToString(), "--urls=http://127.0.0.1:0"), StringComparison.Ordinal);

    [Fact]
    public async Task A_session_elsewhere()
    {
        var gateway = await _programs.StartGatewayAsync("--Fabric", "InMemory", "--Security:Principals:orders:PasswordHash", PasswordHash.Create("secret"));

        Assert.Equal("Hello Ann\nwell\n", await RunAsync("RemoteClient", gateway));
    }

    [Fact]
    public async Task The_service_of_the_tutorial()
    {
        var gateway = await _programs.StartGatewayAsync("--Fabric", "InMemory");

        // Its standard input is at its end.
        Assert.Contains("Sells at gateway", await RunAsync("Tutorial", gateway), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tests_in_memory_and_on_a_broker() => Assert.Equal("Hello Ann\nHello Ann again\n", await RunAsync("Testing"));

    [Fact]
    public async Task Project_messages() => Assert.Contains("2 sent, 3\n", await RunAsync("Projects"), StringComparison.Ordinal);

    [Fact]
    public async Task An_authenticator_of_ones_own() => Assert.Contains("BadgeAuthenticator is asked first\n", await RunAsync("Security"), StringComparison.Ordinal);

    private static async Task<string> RunAsync(string sample, params string[] arguments)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var program = Path.Combine(SourceTree.Root, "artifacts", "bin", sample, configuration, $"{sample}.dll");
        await using var run = new ProgramRun(
            new ProcessStartInfo("dotnet", ["exec", program, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true }, "");
        var exitCode = await run.EndAsync();
        Assert.True(exitCode == 0, $"{sample} ended with {exitCode}:\n{run.All}");
        return run.Output;
    }
}
