using System.Collections.Concurrent;
using RabbitBridge.EndToEndTests.Cli;

namespace RabbitBridge.EndToEndTests.Interop;

/// <summary>The examples in <c>tests/interop</c>, in other languages and with these languages' own AMQP clients, at two gateway processes.</summary>
[Collection(BrokerGroup.Name)]
public sealed class ExamplesTests(BrokerFixture broker) : IAsyncLifetime
{
    private readonly Programs _programs = Programs.Create();
    private readonly string _prefix = broker.NewProcesses().Prefix;
    private readonly List<ProgramRun> _runs = [];
    private string _east = "";
    private string _west = "";

    public static TheoryData<string> Languages => ["python", "node"];

    public async Task InitializeAsync()
    {
        InteropTheoryAttribute.Prepare();
        string[] department = ["--Security:TrustedProperties:Department:Pattern", ".*"];
        string[] service = ["--Services:fib:Path", "math/fib", "--Services:fib:Queue", "rpc_queue", "--Services:fib:ContentType", ContentTypes.Int64, "--Services:fib:TimeLimit", "00:00:05"];
        var east = _programs.StartGatewayAsync(["--Gateway:Name", "east", "--RabbitMq:Uri", broker.Broker.AmqpUri.ToString(), "--RabbitMq:Prefix", _prefix, .. service, .. department]);
        _west = await _programs.StartGatewayAsync(["--Gateway:Name", "west", "--RabbitMq:Uri", broker.Broker.AmqpUri.ToString(), "--RabbitMq:Prefix", _prefix, .. department]);
        _east = await east;
    }

    public async Task DisposeAsync()
    {
        foreach (var run in _runs)
            await run.DisposeAsync();
        await _programs.DisposeAsync();
    }

    [InteropTheory]
    [MemberData(nameof(Languages))]
    public async Task A_caller_gets_the_answer_of_a_handler_or_its_error(string language)
    {
        await using var session = await OpenAsync(_west);
        await session.Messages.AddRequestHandlerAsync<string, string>("echo", (text, context, _) => new($"{text} at {context.Path}"));
        await session.Messages.AddRequestHandlerAsync<string, string>("refuse", (_, _, _) => throw new RejectedRequestException("not today"));

        Assert.Equal("héllo at echo/here\n", (await RunAsync(0, language, "caller", "echo/here", "héllo")).Output);
        Assert.Contains("REJECTED_REQUEST: not today", (await RunAsync(1, language, "caller", "refuse", "?")).Errors, StringComparison.Ordinal);
        Assert.Contains("Nobody handles 'nobody'.", (await RunAsync(1, language, "caller", "nobody", "?")).Errors, StringComparison.Ordinal);
    }

    [InteropTheory]
    [MemberData(nameof(Languages))]
    public async Task The_service_of_the_RPC_tutorial_is_reached_by_configuration_alone(string language)
    {
        var service = Start(language, "service");
        await Until.TrueAsync(() => service.Output.Contains("Awaiting", StringComparison.Ordinal), "the service waits for requests");
        await using var session = await OpenAsync(_west);

        await Until.TrueAsync(
            async () => (await session.GetFabricAsync()).Routes.SingleOrDefault()?.Service is { State: ServiceState.Served, Consumers: 1 }, "the service is routed to");
        Assert.Equal(6765, await session.Messages.SendRequestAsync<long, long>("math/fib", 20));
        Assert.Equal("55\n", (await _programs.RunAsync(0, "request", "math/fib", "10", "--address", _east)).Output);
        Assert.Equal("8\n", (await RunAsync(0, language == "python" ? "node" : "python", "caller", "math/fib", "6")).Output);

        var listed = Assert.Single((await _programs.RunAsync(0, "services", "list", "--address", _east, "--json")).Lines);
        Assert.Equal(("math/fib", "rpc_queue", "Served", 1), (
            listed.GetProperty("path").GetString(), listed.GetProperty("queue").GetString(), listed.GetProperty("state").GetString(), listed.GetProperty("consumers").GetInt32()));
    }

    [InteropTheory]
    [MemberData(nameof(Languages))]
    public async Task A_filter_caller_collects_all_answers(string language)
    {
        await using var ann = await OpenAsync(_east, "Accounts");
        await using var bob = await OpenAsync(_west, "Accounts");
        await using var silent = await OpenAsync(_west, "Accounts");
        await using var other = await OpenAsync(_west, "Sales");
        foreach (var session in new[] { ann, bob, other })
            session.Messages.SetRequestStream<string, string>("ask", (_, text, _) => new($"{text}!"));

        var run = await RunAsync(0, language, "filter caller", "Department is 'Accounts'", "ask", "well");

        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("3 of 3 sessions", lines[^1]);
        Assert.Equal(
            new[] { $"{ann.Id} ok well!", $"{bob.Id} ok well!", $"{silent.Id} UNHANDLED_MESSAGE" }.Order(StringComparer.Ordinal),
            lines[..^1].Select(line => line.StartsWith($"{silent.Id}", StringComparison.Ordinal) ? line[..(line.IndexOf("UNHANDLED_MESSAGE", StringComparison.Ordinal) + 17)] : line).Order(StringComparer.Ordinal));
    }

    [InteropTheory]
    [MemberData(nameof(Languages))]
    public async Task A_project_message_reaches_the_clients_of_a_gateway(string language)
    {
        var heard = new ConcurrentQueue<string>();
        await using var client = await OpenAsync(_west, project: "X");
        await client.Projects.AddMessageHandlerAsync("h", message => heard.Enqueue($"{message.Principal} {message.Payload}"));

        var run = await RunAsync(0, language, "message", "west", "X", "h", """{"tea":2}""");

        Assert.Equal([$"west NO_HANDLER", $"{client.Id} SENT"], run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await Until.TrueAsync(() => heard.Count == 1, "the message is handled");
        Assert.Equal([""" {"tea":2}"""], heard);
        Assert.Contains("There is no gateway 'north'.", (await RunAsync(1, language, "message", "north", "X", "h", "{}")).Errors, StringComparison.Ordinal);
    }

    private static Peer PeerOf(string language) => language == "python" ? Peer.Python : Peer.Node;

    private static Task<IRemoteSession> OpenAsync(string gateway, string? department = null, string? project = null) => RabbitBridgeClient.ConnectAsync(new ClientOptions
    {
        Addresses = [new Uri(gateway)],
        Properties = department is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["Department"] = department },
        Project = project,
    });

    private ProgramRun Start(string language, string example, params IEnumerable<string> arguments)
    {
        var run = PeerOf(language).Start(example, broker.Broker.AmqpUri, _prefix, arguments);
        _runs.Add(run);
        return run;
    }

    private async Task<ProgramRun> RunAsync(int expected, string language, string example, params IEnumerable<string> arguments)
    {
        var run = Start(language, example, arguments);
        var code = await run.EndAsync();
        Assert.True(code == expected, $"{language} {example} ended with {code}, not {expected}:\n{run.All}");
        return run;
    }
}
