using RabbitMQ.Client;

namespace RabbitBridge.EndToEndTests.Cli;

/// <summary>The command line at two gateways that share a broker.</summary>
[Collection(BrokerGroup.Name)]
public sealed class AcrossGatewaysTests(BrokerFixture broker) : IAsyncLifetime
{
    private readonly Programs _programs = Programs.Create();
    private readonly string _prefix = broker.NewProcesses().Prefix;
    private string _east = "";
    private string _west = "";

    public async Task InitializeAsync()
    {
        var east = _programs.StartGatewayAsync("east", broker.Broker.AmqpUri, _prefix);
        _west = await _programs.StartGatewayAsync("west", broker.Broker.AmqpUri, _prefix);
        _east = await east;
    }

    public async Task DisposeAsync() => await _programs.DisposeAsync();

    [Fact]
    public async Task Requests_sessions_and_routes_reach_the_other_gateway_and_the_doctor_is_content()
    {
        await _programs.StartHandlerAsync("a/b", _east, ["--reply", "from east", .. Programs.Server]);

        Assert.Equal("from east\n", (await _programs.RunAsync(0, "request", "a/b/c", "?", "--address", _west)).Output);

        var sessions = await _programs.RunAsync(0, "sessions", "--address", _west, "--json");
        Assert.Contains(sessions.Lines, line => line.GetProperty("properties").GetProperty("$Principal").GetString() == "server");
        var filtered = await _programs.RunAsync(1, "filter", "$Principal is 'server'", "a", "?", "--address", _west, "--json");
        Assert.Equal(1, filtered.Lines[^1].GetProperty("sessions").GetInt32());

        var routes = (await _programs.RunAsync(0, "routes", "--address", _west, "--json")).Lines;
        Assert.Equal("east", Assert.Single(routes[0].GetProperty("gateways").EnumerateArray()).GetString());
        Assert.False(routes[0].GetProperty("findsBoundQueues").GetBoolean());
        Assert.Contains("bound by themselves are not among them", (await _programs.RunAsync(0, "routes", "--address", _west)).Output, StringComparison.Ordinal);
        Assert.Equal(("a/b", 0), (routes[1].GetProperty("path").GetString(), routes[1].GetProperty("localHandlers").GetInt32()));

        var doctor = await _programs.RunAsync(
            0, "doctor", "--broker", broker.Broker.AmqpUri.ToString(), "--prefix", _prefix, "--address", _east, "--address", _west, "--json");
        Assert.Contains(doctor.Lines, line => line.TryGetProperty("check", out var check) && check.GetString() == "round trip" && line.GetProperty("result").GetString() == "ok");
        Assert.Contains(doctor.Lines, line => line.TryGetProperty("check", out var check) && check.GetString() == "exchanges" && line.GetProperty("text").GetString()!.Contains("all 26", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_gets_a_path_and_loses_it()
    {
        var queue = $"{_prefix}-service";
        var missing = await _programs.RunAsync(1, "services", "add", "math", "--queue", queue, "--address", _east);
        Assert.Contains($"There is no queue '{queue}' at the broker.", missing.Errors, StringComparison.Ordinal);
        Assert.Contains("Either --queue or --exchange.", (await _programs.RunAsync(2, "services", "add", "math", "--address", _east)).Errors, StringComparison.Ordinal);
        var connection = await new ConnectionFactory { Uri = broker.Broker.AmqpUri }.CreateConnectionAsync();
        await using var _ = connection;
        var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: true);

        var added = Assert.Single((await _programs.RunAsync(
            0, "services", "add", "math", "--queue", queue, "--content-type", "text/plain", "--time-limit", "0.2", "--wait-for-consumers", "--address", _east, "--json")).Lines);
        Assert.Equal(("math", "Idle", 0, 0.2), (
            added.GetProperty("path").GetString(), added.GetProperty("state").GetString(), added.GetProperty("consumers").GetInt32(), added.GetProperty("timeLimit").GetDouble()));
        var route = (await _programs.RunAsync(0, "routes", "--address", _west, "--json")).Lines[1];
        Assert.Equal((queue, "Idle"), (route.GetProperty("service").GetProperty("queue").GetString(), route.GetProperty("service").GetProperty("state").GetString()));
        Assert.Contains($"queue {queue}: 0 consumers", (await _programs.RunAsync(0, "routes", "--address", _west)).Output, StringComparison.Ordinal);
        Assert.Contains("REQUEST_TIME_OUT", (await _programs.RunAsync(1, "request", "math", "1", "--address", _west)).Errors, StringComparison.Ordinal);

        Assert.Empty((await _programs.RunAsync(0, "services", "remove", "math", "--address", _east, "--json")).Output);
        Assert.Contains("0 services at gateway east", (await _programs.RunAsync(1, "services", "remove", "math", "--address", _east)).Output, StringComparison.Ordinal);
        Assert.Contains("UNHANDLED_MESSAGE", (await _programs.RunAsync(1, "request", "math", "1", "--address", _west)).Errors, StringComparison.Ordinal);
    }
}
