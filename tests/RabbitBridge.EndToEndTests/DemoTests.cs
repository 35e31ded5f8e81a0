using System.Text.Json;
using RabbitBridge.EndToEndTests.Telemetry;
using RabbitBridge.IntegrationTests;

namespace RabbitBridge.EndToEndTests;

[Collection(DemoGroup.Name)]
public sealed class DemoTests(BrokerFixture broker)
{
    // What the demo takes for as designed is for who looks at it; here only a hang takes longer.
    private static readonly string[] Patient = ["--death-limit", "60", "--failover-limit", "60"];

    [Fact]
    public async Task The_demo_with_a_broker_of_its_own_succeeds_and_leaves_no_process_and_no_file()
    {
        using var demo = DemoRun.Start(broker: null, Patient);
        var (exitCode, output) = await demo.EndAsync();

        Assert.True(exitCode == 0, output + demo.Errors);
        Assert.Contains("Everything happened as designed.", output, StringComparison.Ordinal);
        // No terminal, no colours.
        Assert.DoesNotContain('\u001b', output);
        await Until.TrueAsync(() => demo.Remaining().Count == 0, "no process is left");
        Assert.Empty(Directory.EnumerateFileSystemEntries(demo.Folder));
    }

    [OwnBrokerFact]
    public async Task The_demo_on_a_given_broker_succeeds_and_leaves_no_queue_and_no_exchange()
    {
        var before = await TracesAsync();
        using var demo = DemoRun.Start(broker.Broker.AmqpUri, ["--json", "--requests", "200", .. Patient]);
        var (exitCode, output) = await demo.EndAsync();

        Assert.True(exitCode == 0, output + demo.Errors);
        using var report = JsonDocument.Parse(output);
        Assert.True(report.RootElement.GetProperty("passed").GetBoolean());
        var death = report.RootElement.GetProperty("steps").EnumerateArray().Single(step => step.TryGetProperty("death", out _)).GetProperty("death");
        Assert.Equal(200, death.GetProperty("outcomes").GetProperty("COMMUNICATION_FAILURE").GetInt32());
        Assert.Empty(demo.Remaining());
        Assert.Empty((await TracesAsync()).Except(before));
    }

    [OwnBrokerFact]
    public async Task The_demo_fails_when_a_step_does_not_happen_as_designed_and_cleans_up_all_the_same()
    {
        // No gateway's death is noticed within a microsecond.
        var before = await TracesAsync();
        using var demo = DemoRun.Start(broker.Broker.AmqpUri, "--json", "--death-limit", "0.000001", "--failover-limit", "60");
        var (exitCode, output) = await demo.EndAsync();

        Assert.Equal(1, exitCode);
        using var report = JsonDocument.Parse(output);
        var failed = Assert.Single(report.RootElement.GetProperty("steps").EnumerateArray(), step => !step.GetProperty("passed").GetBoolean());
        Assert.Contains("killed", failed.GetProperty("title").GetString(), StringComparison.Ordinal);
        Assert.Empty(demo.Remaining());
        Assert.Empty((await TracesAsync()).Except(before));
    }

    [BrowserFact]
    public async Task The_demo_shows_remote_sessions_of_all_kinds_across_gateways_and_after_the_death_of_one_and_tells_of_each_request()
    {
        var before = await TracesAsync();
        await using var telemetry = await OtlpReceiver.StartAsync();
        using var demo = DemoRun.Start(broker.Broker.AmqpUri, telemetry, ["--json", .. Patient]);
        var (exitCode, output) = await demo.EndAsync();

        Assert.True(exitCode == 0, output + demo.Errors);
        using var report = JsonDocument.Parse(output);
        var steps = report.RootElement.GetProperty("steps").EnumerateArray().ToArray();
        var asked = steps.Where(step => step.TryGetProperty("exchanges", out _)).Select(step => step.GetProperty("exchanges").EnumerateArray().Select(Told).ToArray()).ToArray();
        Assert.Equal(2, asked.Length);
        Assert.Equal(
            [
                "dotnet asks demo/node through north, south: node, south",
                "dotnet asks demo/browser through north: browser, north",
                "node asks demo/dotnet through south, north: dotnet, north",
                "node asks demo/browser through south, north: browser, north",
                "browser asks demo/dotnet through north: dotnet, north",
                "browser asks demo/node through north, south: node, south",
                "plain AMQP asks demo/dotnet through north: dotnet, north",
                "plain AMQP asks demo/node through south: node, south",
                "plain AMQP asks demo/browser through north: browser, north",
                "dotnet asks all, by a filter through north, south: browser, north; dotnet, north; node, south",
            ],
            asked[0]);
        Assert.Equal("dotnet asks all, by a filter through south: browser, south; dotnet, south; node, south", asked[1][^1]);
        var failovers = steps.Single(step => step.TryGetProperty("failovers", out _)).GetProperty("failovers").EnumerateArray().ToArray();
        Assert.Equal(["dotnet", "browser"], failovers.Select(failover => failover.GetProperty("service").GetString()));
        DemoTelemetry.Check(telemetry);
        Assert.Empty(demo.Remaining());
        Assert.Empty(Directory.EnumerateFileSystemEntries(demo.Folder));
        Assert.Empty((await TracesAsync()).Except(before));
    }

    [OwnBrokerFact]
    public async Task The_demo_fails_when_remote_sessions_are_not_back_in_time_and_cleans_up_all_the_same()
    {
        var before = await TracesAsync();
        using var demo = DemoRun.Start(broker.Broker.AmqpUri, "--json", "--failover-limit", "0.000001", "--death-limit", "60");
        var (exitCode, output) = await demo.EndAsync();

        Assert.Equal(1, exitCode);
        using var report = JsonDocument.Parse(output);
        var failed = Assert.Single(report.RootElement.GetProperty("steps").EnumerateArray(), step => !step.GetProperty("passed").GetBoolean());
        Assert.True(failed.TryGetProperty("failovers", out _), output);
        Assert.Empty(demo.Remaining());
        Assert.Empty((await TracesAsync()).Except(before));
    }

    [OwnBrokerTheory]
    [InlineData("ok: Two gateway programs")]
    [InlineData("ok: Remote sessions register handlers")]
    public async Task The_demo_ends_gateway_programs_and_their_sessions_on_Ctrl_C(string when)
    {
        var before = await TracesAsync();
        using var demo = DemoRun.Start(broker.Broker.AmqpUri, "--json");
        await Until.TrueAsync(() => demo.Errors.Contains(when, StringComparison.Ordinal), when);

        Signals.SendInterrupt(demo.Id);
        var (exitCode, _) = await demo.EndAsync();

        Assert.Equal(130, exitCode);
        Assert.Empty(demo.Remaining());
        Assert.Empty(Directory.EnumerateFileSystemEntries(demo.Folder));
        Assert.Empty((await TracesAsync()).Except(before));
    }

    [Fact]
    public async Task The_demos_gateway_programs_and_their_sessions_end_even_if_the_demo_is_killed()
    {
        using var demo = DemoRun.Start(broker.Broker.AmqpUri, "--json");
        await Until.TrueAsync(() => demo.Errors.Contains("ok: Remote sessions register handlers", StringComparison.Ordinal), "sessions are open");

        demo.Kill();

        await Until.TrueAsync(() => demo.Remaining().Count == 0, "no process is left");
    }

    [Fact]
    public async Task The_demo_without_a_reachable_broker_fails_and_says_why()
    {
        using var demo = DemoRun.Start(new Uri("amqp://127.0.0.1:1/"));
        var (exitCode, output) = await demo.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("FAILED A broker", output, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:1", output, StringComparison.Ordinal);
    }

    [OwnBrokerFact]
    public async Task The_demo_cleans_up_on_Ctrl_C()
    {
        var before = await TracesAsync();
        using var demo = DemoRun.Start(broker.Broker.AmqpUri, "--json");
        await Until.TrueAsync(() => demo.Errors.Contains("ok: Sessions of both register handlers", StringComparison.Ordinal), "handlers are registered");

        Signals.SendInterrupt(demo.Id);
        var (exitCode, _) = await demo.EndAsync();

        Assert.Equal(130, exitCode);
        Assert.Empty(demo.Remaining());
        Assert.Empty((await TracesAsync()).Except(before));
    }

    [Fact]
    public async Task The_demos_gateways_end_even_if_the_demo_is_killed()
    {
        using var demo = DemoRun.Start(broker.Broker.AmqpUri, "--json");
        await Until.TrueAsync(() => demo.Errors.Contains("ok: Two gateway processes", StringComparison.Ordinal), "gateways run");

        demo.Kill();

        await Until.TrueAsync(() => demo.Remaining().Count == 0, "no process is left");
    }

    private static string Told(JsonElement exchange) =>
        $"{exchange.GetProperty("asker").GetString()} asks {exchange.GetProperty("asked").GetString()} through {exchange.GetProperty("through").GetString()}: "
        + exchange.GetProperty("outcome").GetString();

    // A demo that is killed cannot remove its exchanges, and the broker removes what is left of others when it gets to it: what
    // counts is that nothing is new.
    private async Task<string[]> TracesAsync()
    {
        var queues = await broker.Broker.RunControlCommandAsync("list_queues", "name");
        var exchanges = await broker.Broker.RunControlCommandAsync("list_exchanges", "name");
        return [.. $"{queues}\n{exchanges}".Split('\n').Where(line => line.Contains("demo-", StringComparison.Ordinal))];
    }
}
