using System.Text.Json;
using RabbitBridge.Testing;

namespace RabbitBridge.EndToEndTests;

[Collection(BrokerGroup.Name)]
public sealed class DemoTests(BrokerFixture broker)
{
    [Fact]
    public async Task The_demo_with_a_broker_of_its_own_succeeds_and_leaves_no_process_and_no_file()
    {
        using var demo = DemoRun.Start(broker: null);
        var (exitCode, output) = await demo.EndAsync();

        Assert.True(exitCode == 0, output + demo.Errors);
        Assert.Contains("Everything happened as designed.", output, StringComparison.Ordinal);
        // No terminal, no colours.
        Assert.DoesNotContain('\u001b', output);
        await Until.TrueAsync(() => demo.Remaining().Count == 0, "no process is left");
        Assert.Empty(Directory.EnumerateFileSystemEntries(demo.Folder));
    }

    [Fact]
    public async Task The_demo_on_a_given_broker_succeeds_and_leaves_no_queue_and_no_exchange()
    {
        var before = await TracesAsync();
        using var demo = DemoRun.Start(broker.Broker.AmqpUri, "--json", "--requests", "200");
        var (exitCode, output) = await demo.EndAsync();

        Assert.True(exitCode == 0, output + demo.Errors);
        using var report = JsonDocument.Parse(output);
        Assert.True(report.RootElement.GetProperty("passed").GetBoolean());
        var death = report.RootElement.GetProperty("steps").EnumerateArray().Single(step => step.TryGetProperty("death", out _)).GetProperty("death");
        Assert.Equal(200, death.GetProperty("outcomes").GetProperty("COMMUNICATION_FAILURE").GetInt32());
        Assert.Empty(demo.Remaining());
        Assert.Empty((await TracesAsync()).Except(before));
    }

    [Fact]
    public async Task The_demo_fails_when_a_step_does_not_happen_as_designed_and_cleans_up_all_the_same()
    {
        // No gateway's death is noticed within a microsecond.
        var before = await TracesAsync();
        using var demo = DemoRun.Start(broker.Broker.AmqpUri, "--json", "--death-limit", "0.000001");
        var (exitCode, output) = await demo.EndAsync();

        Assert.Equal(1, exitCode);
        using var report = JsonDocument.Parse(output);
        var failed = Assert.Single(report.RootElement.GetProperty("steps").EnumerateArray(), step => !step.GetProperty("passed").GetBoolean());
        Assert.Contains("killed", failed.GetProperty("title").GetString(), StringComparison.Ordinal);
        Assert.Empty(demo.Remaining());
        Assert.Empty((await TracesAsync()).Except(before));
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

    [Fact]
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

    // A demo that is killed cannot remove its exchanges, and the broker removes what is left of others when it gets to it: what
    // counts is that nothing is new.
    private async Task<string[]> TracesAsync()
    {
        if (broker.Broker.Kind == TestBrokerKind.External)
            return [];
        var queues = await broker.Broker.RunControlCommandAsync("list_queues", "name");
        var exchanges = await broker.Broker.RunControlCommandAsync("list_exchanges", "name");
        return [.. $"{queues}\n{exchanges}".Split('\n').Where(line => line.Contains("demo-", StringComparison.Ordinal))];
    }
}
