using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace RabbitBridge.IntegrationTests.Failures;

/// <summary>A gateway that cannot start says why, in time.</summary>
[Collection(BrokerGroup.Name)]
public sealed class StartErrorsTests(BrokerFixture broker) : BrokerTest(broker)
{
    [Fact]
    public async Task A_wrong_password_is_named_as_such()
    {
        var error = await FailAsync(new UriBuilder(Rabbit.Options.Uri) { Password = "wrong" }.Uri, TimeSpan.FromSeconds(30));

        Assert.Contains("password", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("wrong", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_virtual_host_that_does_not_exist_is_named_as_such()
    {
        var error = await FailAsync(new UriBuilder(Rabbit.Options.Uri) { Path = "/no-such-vhost" }.Uri, TimeSpan.FromSeconds(30));

        Assert.Contains("virtual host", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_broker_that_is_not_there_is_waited_for_only_so_long()
    {
        var clock = Stopwatch.StartNew();

        var error = await FailAsync(new Uri($"amqp://guest:guest@127.0.0.1:{FreePort()}/"), TimeSpan.FromMilliseconds(600));

        Assert.InRange(clock.Elapsed.TotalMilliseconds, 590, 5000);
        Assert.Contains(nameof(GatewayOptions.StartTimeout), error.Message, StringComparison.Ordinal);
        // The address, and the innermost cause.
        Assert.Matches("127\\.0\\.0\\.1:[0-9]+: .*refused", error.Message);
        Assert.Contains(Log.Lines, line => line.Event == "ConnectFailed" && line.Text.Contains("127.0.0.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_exchange_of_another_kind_is_named_as_such()
    {
        var client = await ConnectAsync();
        await client.Channel.ExchangeDeclareAsync(Names.Level(4), "fanout", durable: true, autoDelete: false);

        var error = await FailAsync(Rabbit.Options.Uri, TimeSpan.FromSeconds(30));

        Assert.Contains(Names.Level(4), error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(RabbitMqOptions.Prefix), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_can_be_given_up()
    {
        await using var gateway = Create(new Uri($"amqp://guest:guest@127.0.0.1:{FreePort()}/"), TimeSpan.FromMinutes(1));
        using var cancellation = new CancellationTokenSource();

        var start = gateway.StartAsync(cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start.WaitAsync(TimeSpan.FromSeconds(5)));
    }

    private async Task<CommunicationFailureException> FailAsync(Uri uri, TimeSpan timeout)
    {
        await using var gateway = Create(uri, timeout);
        var error = await Assert.ThrowsAsync<CommunicationFailureException>(() => gateway.StartAsync().WaitAsync(TimeSpan.FromSeconds(15)));
        Assert.False(gateway.IsConnected);
        return error;
    }

    private IGateway Create(Uri uri, TimeSpan timeout) => RabbitMqGateway.Create(
        new GatewayOptions { Name = "starting", StartTimeout = timeout },
        new RabbitMqOptions { Uri = uri, Prefix = Rabbit.Options.Prefix },
        logger: Log);

    // Nobody listens there; somebody might by the time it is used, which has not been seen yet.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
