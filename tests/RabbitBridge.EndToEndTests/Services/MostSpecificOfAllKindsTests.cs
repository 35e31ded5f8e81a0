using RabbitBridge.EndToEndTests.Cli;
using RabbitBridge.IntegrationTests;
using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace RabbitBridge.EndToEndTests.Services;

/// <summary>
/// Handlers of sessions and existing services, on three gateways, two of them processes of their own: whoever asks, a session, a remote client
/// or a plain AMQP client, reaches the most specific of them, whatever its kind, and all the same one (D18, x1).
/// </summary>
[Collection(BrokerGroup.Name)]
public sealed class MostSpecificOfAllKindsTests(BrokerFixture broker) : IAsyncLifetime
{
    private const int Cases = 2000;
    private const int MostBranches = 10;
    private const int MaxDepth = 4;
    private const string Nobody = "nobody";

    // Few, so that branches often contain each other; one that a topic exchange would trip over.
    private static readonly string[] Segments = ["a", "b", "*"];

    private readonly Programs _programs = Programs.Create();
    private readonly string _prefix = broker.NewProcesses().Prefix;
    private readonly List<IRemoteSession> _clients = [];
    private readonly Dictionary<string, string> _queues = new(StringComparer.Ordinal);
    private IGateway _gateway = null!;
    private ISession _session = null!;
    private PlainClient _plain = null!;
    private PlainClient _services = null!;

    public async Task InitializeAsync()
    {
        foreach (var name in new[] { "north", "south" })
        {
            var address = await _programs.StartGatewayAsync(["--Gateway:Name", name, "--RabbitMq:Uri", broker.Broker.AmqpUri.ToString(), "--RabbitMq:Prefix", _prefix]);
            _clients.Add(await RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = [new Uri(address)] }));
        }

        _gateway = RabbitMqGateway.Create(new GatewayOptions { Name = "here" }, new RabbitMqOptions { Uri = broker.Broker.AmqpUri, Prefix = _prefix });
        await _gateway.StartAsync();
        _session = _gateway.OpenSession();
        _plain = await PlainClient.ConnectAsync(broker.Broker.AmqpUri);
        _services = await PlainClient.ConnectAsync(broker.Broker.AmqpUri);
    }

    public async Task DisposeAsync()
    {
        foreach (var client in _clients)
            await client.DisposeAsync();
        if (_plain is not null)
            await _plain.DisposeAsync();
        if (_gateway is not null)
            await _gateway.DisposeAsync();
        await _programs.DisposeAsync();
        if (_services is not null)
            await _services.DisposeAsync();
    }

    [Fact]
    public async Task Two_thousand_sets_of_handlers_and_services()
    {
        const int Seed = 20_261_129;
        var random = new Random(Seed);
        var branches = new Dictionary<string, (string Answer, Func<Task> RemoveAsync)>(StringComparer.Ordinal);
        for (var number = 0; number < Cases; number++)
        {
            foreach (var path in Enumerable.Range(0, random.Next(1, 3)).Select(_ => RandomPath(random, least: 0)).Distinct(StringComparer.Ordinal).ToArray())
                await ChangeAsync(branches, path, random);
            foreach (var path in Enumerable.Range(0, 2).Select(_ => RandomPath(random, least: 1)).ToArray())
            {
                var expected = Expected([.. branches.Keys], path) is { } branch ? branches[branch].Answer : Nobody;
                var answers = await Task.WhenAll(_clients.Append(_session).Select(session => AskAsync(session, path)).Append(AskPlainAsync(path)));
                Assert.True(
                    Array.TrueForAll(answers, answer => answer == expected),
                    $"Seed {Seed}, case {number}: '{path}' was answered by {string.Join(", ", answers)} and not by {expected} to north, south, here, plain; there are {string.Join(", ", branches.Values.Select(static each => each.Answer))}.");
            }
        }
    }

    // One that is there goes; one that is not there comes, or another one goes if there are enough.
    private async Task ChangeAsync(Dictionary<string, (string Answer, Func<Task> RemoveAsync)> branches, string path, Random random)
    {
        if (!branches.ContainsKey(path) && branches.Count >= MostBranches)
            path = branches.Keys.ElementAt(random.Next(branches.Count));
        if (branches.Remove(path, out var old))
            await old.RemoveAsync();
        else
            branches[path] = random.Next(2) == 0 ? await HandleAsync(path, random.Next(3)) : await ServeAsync(path, random.Next(3));
    }

    private async Task<(string, Func<Task>)> HandleAsync(string path, int gateway)
    {
        var answer = $"handler {path} of {gateway}";
        var registration = await (gateway < _clients.Count ? _clients[gateway] : _session).Messages.AddRequestHandlerAsync<string, string>(path, (_, _, _) => new(answer));
        return (answer, () => registration.CloseAsync());
    }

    private async Task<(string, Func<Task>)> ServeAsync(string path, int gateway)
    {
        var answer = $"service {path}";
        if (!_queues.TryGetValue(path, out var queue))
            _queues[path] = queue = await QueueAsync(answer);
        var options = new ServiceOptions { Path = path, Queue = queue };
        if (gateway == _clients.Count)
        {
            await _gateway.Services.AddAsync(options);
            return (answer, async () => Assert.True(await _gateway.Services.RemoveAsync(path)));
        }

        await _clients[gateway].AddServiceAsync(options);
        return (answer, async () => Assert.True(await _clients[gateway].RemoveServiceAsync(path)));
    }

    // Not exclusive: a gateway has a connection of its own, from which it looks at the queue.
    private async Task<string> QueueAsync(string answer)
    {
        var queue = $"{_prefix}-service-{_queues.Count}";
        await _services.Channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: true);
        var consumer = new AsyncEventingBasicConsumer(_services.Channel);
        consumer.ReceivedAsync += (_, request) => _services.AnswerAsync(request.BasicProperties, answer);
        await _services.Channel.BasicConsumeAsync(queue, autoAck: true, consumer);
        return queue;
    }

    private static async Task<string> AskAsync(ISession session, string path)
    {
        try
        {
            return await session.Messages.SendRequestAsync<string, string>(path, "x");
        }
        catch (UnhandledMessageException)
        {
            return Nobody;
        }
    }

    private async Task<string> AskPlainAsync(string path)
    {
        var (key, _, _) = RoutingKeys.ForRequest(MessagePath.Parse(path));
        var reply = await _plain.TryCallAsync($"{_prefix}.request", key, "x"u8.ToArray(), properties => properties.ContentType = ContentTypes.Text);
        return reply?.Text ?? Nobody;
    }

    private static string RandomPath(Random random, int least)
    {
        var segments = random.GetItems(Segments, random.Next(least, MaxDepth + 1));
        return segments.Length == 0 ? "/" : string.Join('/', segments);
    }

    /// <summary>The model: walk up from the path to the root.</summary>
    private static string? Expected(HashSet<string> branches, string path)
    {
        for (var branch = path; branch.Length > 0; branch = branch.Contains('/', StringComparison.Ordinal) ? branch[..branch.LastIndexOf('/')] : "")
        {
            if (branches.Contains(branch))
                return branch;
        }

        return branches.Contains("/") ? "/" : null;
    }
}
