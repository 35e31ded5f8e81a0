using System.Text.Json;
using RabbitBridge.IntegrationTests;
using RabbitBridge.Testing;
using RabbitMQ.Client;

namespace RabbitBridge.EndToEndTests.Cli;

/// <summary>The doctor and a broker in several states.</summary>
[Collection(BrokerGroup.Name)]
public sealed class DoctorTests(BrokerFixture broker) : IAsyncLifetime
{
    private readonly Programs _programs = Programs.Create();
    private readonly string _prefix = broker.NewProcesses().Prefix;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _programs.DisposeAsync();

    [Fact]
    public async Task A_fresh_broker_is_well_and_nothing_is_left_there()
    {
        var before = await NamesAsync();

        var run = await ExamineAsync(0, broker.Broker.AmqpUri);

        Assert.Equal("ok", Result(run, "permissions"));
        Assert.Equal("ok", Result(run, "round trip"));
        Assert.Contains("none yet", Text(run, "exchanges"), StringComparison.Ordinal);
        Assert.Equal("unknown", Result(run, "bound queues"));
        Assert.Equal(before, await NamesAsync());
        if (broker.Broker.AmqpUri.UserInfo.Split(':') is [_, { Length: > 5 } password])
            Assert.DoesNotContain(password, run.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exchange_of_another_type_is_a_problem_and_is_explained()
    {
        await using var connection = await new ConnectionFactory { Uri = broker.Broker.AmqpUri }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync($"{_prefix}.presence", ExchangeType.Direct, durable: true);
        try
        {
            var run = await ExamineAsync(5, broker.Broker.AmqpUri);

            Assert.Equal("problem", Result(run, "exchanges"));
            Assert.Contains($"{_prefix}.presence should be a durable fanout exchange", Text(run, "exchanges"), StringComparison.Ordinal);
        }
        finally
        {
            await channel.ExchangeDeleteAsync($"{_prefix}.presence");
        }
    }

    [Theory]
    [InlineData("", ".*", ".*", "configure on exchange")]
    [InlineData(".*", "amq.default", ".*", "write on exchange")]
    [InlineData(".*", ".*request.*|amq.default", ".*", "write on queue")]
    [InlineData(".*", ".*", "", "read on exchange")]
    [InlineData(".*", "^PREFIX\\.", ".*", "write on exchange 'amq.default'")]
    public async Task A_missing_permission_is_named(string configure, string write, string read, string missing)
    {
        if (broker.Broker.Kind == TestBrokerKind.External)
            return;
        await broker.Broker.RunControlCommandAsync("add_user", _prefix, "secret");
        try
        {
            await broker.Broker.RunControlCommandAsync("set_permissions", _prefix, configure, write.Replace("PREFIX", _prefix, StringComparison.Ordinal), read);
            var run = await ExamineAsync(5, As(_prefix, "secret"));

            var problems = run.Lines.Where(line => line.TryGetProperty("check", out var check) && check.GetString() == "permissions").ToArray();
            Assert.All(problems, problem => Assert.Equal("problem", problem.GetProperty("result").GetString()));
            Assert.Contains(problems, problem => problem.GetProperty("text").GetString()!.Contains($"the permission {missing}", StringComparison.Ordinal));
        }
        finally
        {
            await broker.Broker.RunControlCommandAsync("delete_user", _prefix);
        }
    }

    [Fact]
    public async Task A_wrong_password_is_a_problem_and_is_not_printed()
    {
        var run = await ExamineAsync(5, As("nobody", "wrong-password"));

        Assert.Contains("refuses the user 'nobody'", Text(run, "broker"), StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-password", run.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_virtual_host_that_is_not_there_is_a_problem()
    {
        var uri = new UriBuilder(broker.Broker.AmqpUri) { Path = "/no-such-host" }.Uri;

        Assert.Contains("virtual host", Text(await ExamineAsync(5, uri), "broker"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_cannot_be_reached_ends_with_3()
    {
        var run = await ExamineAsync(3, new Uri($"amqp://127.0.0.1:{Programs.FreePort()}"));

        Assert.Contains("cannot be reached", Text(run, "broker"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_management_API_that_does_not_answer_is_a_problem()
    {
        var port = Programs.FreePort();
        var run = await _programs.RunAsync(
            5, "doctor", "--broker", broker.Broker.AmqpUri.ToString(), "--prefix", _prefix, "--management", $"http://127.0.0.1:{port}", "--json");

        Assert.Equal("problem", Result(run, "bound queues"));
        Assert.Contains($"127.0.0.1:{port} does not answer", Text(run, "bound queues"), StringComparison.Ordinal);
        var wrong = await _programs.RunAsync(2, "doctor", "--broker", broker.Broker.AmqpUri.ToString(), "--management", "amqp://127.0.0.1");
        Assert.Contains("--management 'amqp://127.0.0.1", wrong.Errors, StringComparison.Ordinal);
        wrong = await _programs.RunAsync(2, "doctor", "--broker", broker.Broker.AmqpUri.ToString(), "--management", "user:hunter2@127.0.0.1:15672/a b");
        Assert.DoesNotContain("hunter2", wrong.All, StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task With_the_management_API_queues_that_services_have_bound_are_listed()
    {
        var port = FreePorts.Take(1)[0];
        await using var managed = await TestBroker.StartAsync(new TestBrokerOptions
        {
            Kind = TestBrokerKind.PrivateNode,
            NodePlugins = ["rabbitmq_management"],
            NodeConfiguration = ["management.tcp.ip = 127.0.0.1", $"management.tcp.port = {port}"],
        });
        string[] command = ["doctor", "--broker", managed.AmqpUri.ToString(), "--prefix", _prefix, "--management", $"http://127.0.0.1:{port}", "--json"];
        // Before the first gateway there are no levels.
        Assert.Equal("none", Text(await _programs.RunAsync(0, command), "bound queues"));

        await using var gateway = RabbitMqGateway.Create(new GatewayOptions { Name = "a" }, new RabbitMqOptions { Uri = managed.AmqpUri, Prefix = _prefix });
        await gateway.StartAsync();
        await using var connection = await new ConnectionFactory { Uri = managed.AmqpUri }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        await channel.QueueBindAsync(queue, $"{_prefix}.request.2", "shop.orders.#");
        await channel.QueueBindAsync(queue, $"{_prefix}.request.2", "shop.*");

        var run = await _programs.RunAsync(0, command);
        Assert.Equal($"shop/orders: {queue}", Text(run, "bound queues"));
        Assert.Contains(run.Lines, line => line.TryGetProperty("result", out var result) && result.GetString() == "warning" && line.GetProperty("text").GetString()!.Contains("'shop.*'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_node_is_looked_at_and_the_password_may_be_in_a_file()
    {
        var real = broker.Broker.AmqpUri;
        var login = real.UserInfo.Split(':');
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, $"{Uri.UnescapeDataString(login[1])}\n");
            var run = await _programs.RunAsync(
                5, "doctor", "--broker", new UriBuilder(real) { UserName = "", Password = "" }.Uri.ToString(), "--host", $"127.0.0.1:{Programs.FreePort()}",
                "--user-name", Uri.UnescapeDataString(login[0]), "--password-file", file, "--prefix", _prefix, "--json");

            var findings = run.Lines.Where(static line => line.TryGetProperty("check", out var check) && check.GetString() == "broker").Select(static line => line.GetProperty("text").GetString()!).ToArray();
            Assert.Collection(
                findings,
                text => Assert.Contains($"{real.Port} lets '{Uri.UnescapeDataString(login[0])}' in", text, StringComparison.Ordinal),
                text => Assert.Contains("cannot be reached", text, StringComparison.Ordinal));

            var wrong = await _programs.RunAsync(2, "doctor", "--broker", real.ToString(), "--host", "a/b");
            Assert.Contains("--host a/b", wrong.Errors, StringComparison.Ordinal);
            wrong = await _programs.RunAsync(2, "doctor", "--broker", "amqp://node", "--user-name", "u", "--password-file", "/no/such/file");
            Assert.Contains("--password-file '/no/such/file': it cannot be read", wrong.Errors, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private Task<ProgramRun> ExamineAsync(int expected, Uri uri) => _programs.RunAsync(expected, "doctor", "--broker", uri.ToString(), "--prefix", _prefix, "--json");

    private Uri As(string user, string password) => new UriBuilder(broker.Broker.AmqpUri) { UserName = user, Password = password }.Uri;

    private async Task<string> NamesAsync()
    {
        if (broker.Broker.Kind == TestBrokerKind.External)
            return "";
        var exchanges = await broker.Broker.RunControlCommandAsync("list_exchanges", "name", "--quiet");
        var queues = await broker.Broker.RunControlCommandAsync("list_queues", "name", "--quiet");
        return string.Join('\n', (exchanges + queues).Split('\n').Where(name => name.Contains(_prefix, StringComparison.Ordinal)));
    }

    private static string? Result(ProgramRun run, string check) => Line(run, check).GetProperty("result").GetString();

    private static string Text(ProgramRun run, string check) => Line(run, check).GetProperty("text").GetString()!;

    private static JsonElement Line(ProgramRun run, string check) =>
        run.Lines.First(line => line.TryGetProperty("check", out var name) && name.GetString() == check);
}
