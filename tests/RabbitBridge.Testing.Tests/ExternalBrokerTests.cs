namespace RabbitBridge.Testing.Tests;

public sealed class ExternalBrokerTests
{
    [Fact]
    public async Task An_external_broker_is_used_and_never_touched()
    {
        await using var node = await TestBroker.StartAsync(new TestBrokerOptions { Kind = TestBrokerKind.PrivateNode });
        var options = new TestBrokerOptions { Kind = TestBrokerKind.External, ExternalUri = node.AmqpUri };

        await using (var external = await TestBroker.StartAsync(options))
        {
            Assert.Equal(TestBrokerKind.External, external.Kind);
            Assert.Equal(node.ServerVersion, external.ServerVersion);
            await Assert.ThrowsAsync<NotSupportedException>(external.StopAsync);
            await Assert.ThrowsAsync<NotSupportedException>(external.KillAsync);
            await Assert.ThrowsAsync<NotSupportedException>(() => external.RestartAsync());
            await Assert.ThrowsAsync<NotSupportedException>(() => external.RunControlCommandAsync("status"));
        }

        await RoundTrips.PublishAsync(node.AmqpUri, "still there");
        Assert.Equal("still there", await RoundTrips.GetAsync(node.AmqpUri));
    }

    [Fact]
    public async Task An_external_broker_that_does_not_answer_is_reported_with_its_address()
    {
        // Port 1 is privileged and nobody's.
        var options = new TestBrokerOptions { Kind = TestBrokerKind.External, ExternalUri = new Uri("amqp://guest:guest@127.0.0.1:1/") };

        var failure = await Assert.ThrowsAsync<TestBrokerException>(() => TestBroker.StartAsync(options));

        Assert.Contains("127.0.0.1:1", failure.Message, StringComparison.Ordinal);
    }
}
