using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.Testing.Tests;

/// <summary>Needs a Docker engine and a RabbitMQ 4 image: see docker/README.md. Leave out with
/// <c>--filter Category!=Container</c>.</summary>
[Trait("Category", "Container")]
public sealed class ContainerBrokerTests
{
    [Fact]
    public async Task A_container_restarts_on_its_port_and_a_wipe_comes_back_empty()
    {
        // Denied features are another test's: RabbitMQ 4.0 that was killed soon after its start may not boot with them (failed_to_deny_deprecated_features).
        var options = new TestBrokerOptions { Kind = TestBrokerKind.Container, DenyDeprecatedFeatures = false };
        await using var broker = await TestBroker.StartAsync(options);
        var uri = broker.AmqpUri;
        await RoundTrips.PublishAsync(uri, "survivor");

        await broker.StopAsync();
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => RoundTrips.ConnectAsync(uri));
        await broker.RestartAsync();
        Assert.Equal(uri, broker.AmqpUri);
        Assert.Equal(1u, await RoundTrips.CountAsync(uri));

        // Only now, when it has long been on disk: a RabbitMQ 4.0.5 that was killed within seconds of its first start came back without the message that it had confirmed, once in CI,
        // and not in 36 further kills.
        await broker.KillAsync();
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => RoundTrips.ConnectAsync(uri));
        await broker.RestartAsync();
        Assert.Equal(uri, broker.AmqpUri);
        Assert.Equal("survivor", await RoundTrips.GetAsync(uri));

        await broker.RestartAsync(wipe: true);
        Assert.DoesNotContain("testing.durable", await broker.RunControlCommandAsync("list_queues", "name"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_that_denies_deprecated_features_refuses_a_transient_shared_queue()
    {
        var options = new TestBrokerOptions { Kind = TestBrokerKind.Container, DenyDeprecatedFeatures = true };
        await using var broker = await TestBroker.StartAsync(options);
        Assert.True(broker.ServerVersion.Major >= 4, broker.Description);
        await using var connection = await RoundTrips.ConnectAsync(broker.AmqpUri);
        await using var channel = await connection.CreateChannelAsync();

        var refusal = await Assert.ThrowsAsync<OperationInterruptedException>(() =>
            channel.QueueDeclareAsync("testing.transient", durable: false, exclusive: false, autoDelete: false));

        Assert.Equal(541, refusal.ShutdownReason!.ReplyCode);
    }
}
