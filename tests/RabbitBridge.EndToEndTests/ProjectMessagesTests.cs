using System.Collections.Concurrent;
using System.Text.Json;
using RabbitBridge.EndToEndTests.Cli;
using RabbitBridge.Gateway.IntegrationTests.Projects;

namespace RabbitBridge.EndToEndTests;

/// <summary>Project messages at gateway processes whose handlers come from their configuration, sent from C# and from the command line.</summary>
[Collection(BrokerGroup.Name)]
public sealed class ProjectMessagesTests(BrokerFixture broker) : IAsyncLifetime
{
    private const string Everything = "filterParams={hostName=, clientId=, scope=CG, user=, hasRole=},sendStatus=";
    private const string OfGateway = $"type=Gateway,project=X,messageHandler=myMessageHandler,{Everything}";

    private static readonly string[] Names = ["own", "agent-8088", "agent-9000"];

    private static readonly Dictionary<string, object?> Hello = new() { ["first"] = "Hello", ["second"] = "World" };

    private readonly Programs _programs = Programs.Create();
    private readonly string _prefix = broker.NewProcesses().Prefix;
    private readonly ConcurrentDictionary<string, string> _gateways = new();
    private PostedTo _service = null!;

    public async Task InitializeAsync()
    {
        _service = await PostedTo.StartAsync();
        await Task.WhenAll(Names.Select(async name => _gateways[name] = await _programs.StartGatewayAsync(
            "--Gateway:Name", name, "--RabbitMq:Uri", broker.Broker.AmqpUri.ToString(), "--RabbitMq:Prefix", _prefix,
            // What is found unreachable is not found so because its time is over.
            "--Gateway:RequestTimeout", "01:00:00",
            "--Security:Principals:Bob:PasswordHash", PasswordHash.Create("secret of Bob"),
            "--Projects:X:myMessageHandler:Http:Url", $"{_service.Address}/text", "--Projects:X:sum:Http:Url", $"{_service.Address}/json",
            "--Projects:X:never:Http:Url", $"{_service.Address}/never", "--Projects:X:never:Threading", "Dedicated")));
        await using var session = await OpenAsync("own");
        foreach (var name in Names[1..])
            await Until.TrueAsync(async () => await StatusAsync(session, name, "nobody") == SendStatus.NoHandler, $"{name} is known");
    }

    public async Task DisposeAsync()
    {
        await _programs.DisposeAsync();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task A_simple_message_to_both_client_and_gateway_handlers()
    {
        var heard = new ConcurrentQueue<string>();
        await using var client = await OpenAsync("own", project: "X");
        await client.Projects.AddMessageHandlerAsync("myMessageHandler", message => heard.Enqueue($"{message.Payload.GetProperty("first")} {message.Payload.GetProperty("second")}"));
        await using var session = await OpenAsync("own");
        string[] expected = [$"{OfGateway}SENT", OfClient(client, "scope=CG, user=, hasRole=}", "SENT")];

        var results = await session.Projects.SendMessageAsync("X", "myMessageHandler", Hello, "CG");
        Assert.Equal(expected, results.Select(receipt => receipt.ToString()));

        Assert.Equal(expected, await SendAsync(0, "X", "myMessageHandler", """{"first":"Hello","second":"World"}""", "--scope", "CG"));

        await Until.TrueAsync(() => heard.Count == 2 && _service.Messages.Count == 2, "both handlers have both messages");
        Assert.Equal(["Hello World", "Hello World"], heard);
        Assert.All(_service.Messages, message => Assert.Equal("""{"first":"Hello","second":"World"}""", message.Body));
    }

    [Fact]
    public async Task A_message_to_client_handlers_only_where_a_specified_user_is_logged_in()
    {
        await using var bob = await OpenAsync("own", project: "X", user: "Bob");
        await bob.Projects.AddMessageHandlerAsync("myMessageHandler", _ => { });
        await using var other = await OpenAsync("own", project: "X");
        await using var session = await OpenAsync("own");
        string[] expected = [OfClient(bob, "scope=C, user=Bob, hasRole=}", "SENT")];

        var results = await session.Projects.SendMessageAsync(project: "X", messageHandler: "myMessageHandler", scope: "C", user: "Bob");
        Assert.Equal(expected, results.Select(receipt => receipt.ToString()));

        Assert.Equal(expected, await SendAsync(0, "X", "myMessageHandler", "{}", "--scope", "C", "--user", "Bob"));
        Assert.Empty(_service.Messages);
    }

    [Fact]
    public async Task A_message_to_remote_servers()
    {
        await using var client = await OpenAsync("agent-9000", project: "X");
        await client.Projects.AddMessageHandlerAsync("myMessageHandler", _ => { });
        await using var session = await OpenAsync("own");
        string[] servers = ["agent-8088", "agent-9000"];
        string[] expected = [$"{OfGateway}SENT,server=agent-8088", $"{OfGateway}SENT,server=agent-9000", OfClient(client, "scope=CG, user=, hasRole=}", "SENT,server=agent-9000")];

        var results = await session.Projects.SendMessageAsync(project: "X", messageHandler: "myMessageHandler", remoteServers: servers);
        Assert.Equal(expected, results.Select(receipt => receipt.ToString()));

        Assert.Equal(expected, await SendAsync(0, "X", "myMessageHandler", "{}", "--server", "agent-8088", "--server", "agent-9000"));
        Assert.Equal(2, (await session.Projects.SendRequestAsync<JsonElement>("X", "sum", remoteServer: "agent-8088")).GetProperty("tea").GetInt32());
        await Until.TrueAsync(() => _service.Messages.Count == 5, "every handler has its messages");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_is_killed_or_paused_is_unreachable_and_ends_its_requests(bool isPaused)
    {
        await using var session = await OpenAsync("own");
        var request = session.Projects.SendRequestAsync<JsonElement>("X", "never", remoteServer: "agent-8088", timeout: Timeout.InfiniteTimeSpan);
        await Until.TrueAsync(() => !_service.Messages.IsEmpty, "the request is under way");
        var server = _programs.GatewayAt(_gateways["agent-8088"]);

        if (isPaused)
            Signals.SendStop(server.Id);
        else
            server.Kill();
        try
        {
            var status = StatusAsync(session, "agent-8088").WaitAsync(Until.Limit);
            await Assert.ThrowsAsync<CommunicationFailureException>(() => request.WaitAsync(Until.Limit));
            Assert.Equal(SendStatus.Unreachable, await status);
            // Nobody else is held up by it.
            Assert.Equal(SendStatus.Sent, await StatusAsync(session, "agent-9000"));
        }
        finally
        {
            if (isPaused)
                Signals.SendContinue(server.Id);
        }

        if (isPaused)
            await Until.TrueAsync(async () => await StatusAsync(session, "agent-8088") == SendStatus.Sent, "the server that goes on is reachable again");
    }

    private static string OfClient(IRemoteSession client, string filter, string end) =>
        $"type=Client,sessionId={client.Id},clientAddress=127.0.0.1,clientHostName=127.0.0.1,project=X,messageHandler=myMessageHandler,"
        + $"filterParams={{hostName=, clientId=, {filter},sendStatus={end}";

    private static async Task<SendStatus> StatusAsync(IRemoteSession session, string server, string handler = "myMessageHandler") =>
        Assert.Single(await session.Projects.SendMessageAsync("X", handler, scope: "G", remoteServers: [server])).Status;

    private Task<IRemoteSession> OpenAsync(string gateway, string? project = null, string? user = null) => RabbitBridgeClient.ConnectAsync(new ClientOptions
    {
        Addresses = [new Uri(_gateways[gateway])],
        Project = project,
        Principal = user,
        Password = user is null ? null : $"secret of {user}",
    });

    private async Task<string[]> SendAsync(int expected, params string[] arguments) =>
        (await _programs.RunAsync(expected, ["message", .. arguments, "--address", _gateways["own"]])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
