namespace RabbitBridge.IntegrationTests.Failures;

/// <summary>A gateway that cannot start says why, in time.</summary>
[Collection(BrokerGroup.Name)]
public sealed class StartErrorsTests(BrokerFixture broker) : BrokerTest(broker)
{
    // Longer than a hang: what fails sooner has not waited for it.
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task A_wrong_password_is_named_as_such()
    {
        var error = await FailAsync(new UriBuilder(Rabbit.Options.Uri) { Password = "wrong" }.Uri, Long);

        Assert.Contains("password", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("wrong", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_virtual_host_that_does_not_exist_is_named_as_such()
    {
        var error = await FailAsync(new UriBuilder(Rabbit.Options.Uri) { Path = "/no-such-vhost" }.Uri, Long);

        Assert.Contains("virtual host", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_broker_that_is_not_there_is_waited_for_only_so_long()
    {
        using var nobody = new RefusingPort();
        var error = await FailAsync(nobody.Broker, TimeSpan.FromSeconds(4));

        Assert.Contains(nameof(GatewayOptions.StartTimeout), error.Message, StringComparison.Ordinal);
        // The address, and the innermost cause.
        Assert.Matches("127\\.0\\.0\\.1:[0-9]+: .*refused", error.Message);
        // It was waited for: there was a second attempt.
        Assert.True(Log.Lines.Count(line => line.Event == "ConnectFailed" && line.Text.Contains("127.0.0.1", StringComparison.Ordinal)) > 1, "It was tried once.");
    }

    [Fact]
    public async Task An_exchange_of_another_kind_is_named_as_such()
    {
        var client = await ConnectAsync();
        await client.Channel.ExchangeDeclareAsync(Names.Level(4), "fanout", durable: true, autoDelete: false);

        var error = await FailAsync(Rabbit.Options.Uri, Long);

        Assert.Contains(Names.Level(4), error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(RabbitMqOptions.Prefix), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_can_be_given_up()
    {
        using var nobody = new RefusingPort();
        await using var gateway = Create(nobody.Broker, Long);
        using var cancellation = new CancellationTokenSource();

        var start = gateway.StartAsync(cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start.WaitAsync(Eventually.Limit));
    }

    private async Task<CommunicationFailureException> FailAsync(Uri uri, TimeSpan timeout)
    {
        await using var gateway = Create(uri, timeout);
        var error = await Assert.ThrowsAsync<CommunicationFailureException>(() => gateway.StartAsync().WaitAsync(Eventually.Limit));
        Assert.False(gateway.IsConnected);
        return error;
    }

    private IGateway Create(Uri uri, TimeSpan timeout) => RabbitMqGateway.Create(
        new GatewayOptions { Name = "starting", StartTimeout = timeout },
        new RabbitMqOptions { Uri = uri, Prefix = Rabbit.Options.Prefix },
        logger: Log);
}
