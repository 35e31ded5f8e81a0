using System.Diagnostics;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.Testing.Tests;

public sealed class PrivateNodeTests
{
    private static readonly TestBrokerOptions Options = new() { Kind = TestBrokerKind.PrivateNode };

    [Fact]
    public async Task A_private_node_carries_messages_and_tells_its_version()
    {
        await using var broker = await TestBroker.StartAsync(Options);

        await RoundTrips.PublishAsync(broker.AmqpUri, "hello");

        Assert.Equal("hello", await RoundTrips.GetAsync(broker.AmqpUri));
        Assert.True(broker.ServerVersion >= new Version(3, 8), broker.Description);
        Assert.Equal($"RabbitMQ {broker.ServerVersion}, private node", broker.Description);
        Assert.Contains("testing.durable", await broker.RunControlCommandAsync("list_queues", "name"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_nodes_own_configuration_is_refused_where_another_broker_is_chosen()
    {
        var external = new Uri("amqp://127.0.0.1:1/");

        var error = await Assert.ThrowsAsync<TestBrokerException>(() => TestBroker.StartAsync(
            new TestBrokerOptions { Kind = TestBrokerKind.External, ExternalUri = external, NodeConfiguration = ["channel_max = 64"] }));
        Assert.Contains("NodeConfiguration", error.Message, StringComparison.Ordinal);
        Assert.Contains("External", error.Message, StringComparison.Ordinal);

        error = await Assert.ThrowsAsync<TestBrokerException>(() => TestBroker.StartAsync(
            new TestBrokerOptions { Kind = TestBrokerKind.PrivateNode, NodePlugins = ["a].\n[b"] }));
        Assert.Contains("NodePlugins", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_keeps_the_port_and_durable_data_and_a_wipe_comes_back_empty()
    {
        await using var broker = await TestBroker.StartAsync(Options);
        var uri = broker.AmqpUri;
        await RoundTrips.PublishAsync(uri, "survivor");

        // Only what an orderly stop has put on disk: RabbitMQ 3.10 that is killed soon after its first start may come back without the queue that it has confirmed.
        await broker.StopAsync();
        await broker.RestartAsync();
        await broker.KillAsync();
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => RoundTrips.ConnectAsync(uri));
        await broker.RestartAsync();
        Assert.Equal(uri, broker.AmqpUri);
        Assert.Equal("survivor", await RoundTrips.GetAsync(uri));

        await RoundTrips.PublishAsync(uri, "stays");
        await broker.StopAsync();
        await broker.RestartAsync();
        Assert.Equal("stays", await RoundTrips.GetAsync(uri));

        await RoundTrips.PublishAsync(uri, "lost");
        await broker.RestartAsync(wipe: true);
        Assert.DoesNotContain("testing.durable", await broker.RunControlCommandAsync("list_queues", "name"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_a_node_is_left_after_dispose()
    {
        var broker = await TestBroker.StartAsync(Options);
        var port = broker.AmqpUri.Port;
        var processes = NodeProcesses.OfNodeOn(port);
        // The guardian, the node and its epmd at least.
        Assert.True(processes.Count >= 3, $"{processes.Count} processes");
        Assert.All(processes, process => Assert.True(Directory.Exists(process.Folder)));

        await broker.DisposeAsync();

        await NodeProcesses.UntilAsync(() => NodeProcesses.OfNodeOn(port).Count == 0, "all processes of the node are gone");
        Assert.All(processes, process => Assert.False(Directory.Exists(process.Folder)));
    }

    [Fact]
    public async Task A_node_dies_with_the_process_that_started_it()
    {
        var info = new ProcessStartInfo("dotnet", [typeof(NodeOwner).Assembly.Location])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var owner = Process.Start(info)!;
        var port = new Uri((await owner.StandardOutput.ReadLineAsync())!).Port;
        var processes = NodeProcesses.OfNodeOn(port);
        Assert.True(processes.Count >= 3, $"{processes.Count} processes");

        owner.Kill();
        await owner.WaitForExitAsync();

        await NodeProcesses.UntilAsync(() => NodeProcesses.OfNodeOn(port).Count == 0, "all processes of the node are gone");
        Assert.All(processes, process => Assert.False(Directory.Exists(process.Folder)));
    }

    [Fact]
    public async Task A_control_command_that_fails_tells_why()
    {
        await using var broker = await TestBroker.StartAsync(Options);

        var failure = await Assert.ThrowsAsync<TestBrokerException>(() => broker.RunControlCommandAsync("no_such_command"));

        Assert.Contains("no_such_command", failure.Message, StringComparison.Ordinal);
    }
}
