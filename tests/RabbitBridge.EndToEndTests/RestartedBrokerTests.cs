using RabbitBridge.Cli.Demo.Remote;
using RabbitBridge.IntegrationTests;
using RabbitBridge.Testing;

namespace RabbitBridge.EndToEndTests;

/// <summary>The broker of gateway programs is restarted in order while their clients work.</summary>
[Collection(AloneGroup.Name)]
public sealed class RestartedBrokerTests : IAsyncLifetime
{
    private const int Services = 12;
    private const int Callers = 6;

    private readonly List<GatewayServer> _gateways = [];
    private readonly List<IRemoteSession> _sessions = [];
    private TestBroker _broker = null!;

    public async Task InitializeAsync()
    {
        // As BrokerRestartTests: RabbitMQ 4.0 may not boot a second time with denied features.
        _broker = await TestBroker.StartAsync(new TestBrokerOptions { DenyDeprecatedFeatures = false });
        string[] names = ["north", "east", "south"];
        _gateways.AddRange(await Task.WhenAll(
            names.Select(name => GatewayServer.StartAsync(name, _broker.AmqpUri, "restarted", origin: null, CancellationToken.None))));
    }

    public async Task DisposeAsync()
    {
        foreach (var session in _sessions)
            await session.DisposeAsync();
        foreach (var gateway in _gateways)
            await gateway.DisposeAsync();
        await _broker.DisposeAsync();
    }

    [OwnBrokerFact]
    public async Task Only_requests_that_were_in_flight_fail()
    {
        for (var i = 0; i < Services; i++)
        {
            var service = await ConnectAsync(i);
            await service.Messages.AddRequestHandlerAsync<string, string>($"service/{i}", (text, _, _) => new($"{text}!"));
        }

        var callers = new List<IRemoteSession>();
        for (var i = 0; i < Callers; i++)
            callers.Add(await ConnectAsync(i));
        using var end = new CancellationTokenSource();
        var answered = 0;
        var failed = new int[Callers];
        var asking = callers.Select(AskAgainAndAgainAsync).ToArray();
        await AwaitAnswersAsync("before");

        for (var restart = 1; restart <= 2; restart++)
        {
            await _broker.RestartAsync();
            await AwaitAnswersAsync($"after restart {restart}");
            // Each caller has one request in flight at a time, and a broker that boots may take a connection and lose it again. Whoever loses what waits would fail
            // hundreds of times in the seconds of a restart.
            Assert.All(failed, count => Assert.InRange(count, 0, 3 * restart));
        }

        await end.CancelAsync();
        await Task.WhenAll(asking);

        Task AwaitAnswersAsync(string when)
        {
            var before = Volatile.Read(ref answered);
            return Until.TrueAsync(() => Volatile.Read(ref answered) > before + 1000 || asking.Any(caller => caller.IsFaulted), $"requests are answered {when}");
        }

        async Task AskAgainAndAgainAsync(IRemoteSession caller, int number)
        {
            var patient = new RequestOptions { Timeout = Until.Limit };
            for (var i = 0; !end.IsCancellationRequested; i = (i + 1) % Services)
            {
                try
                {
                    Assert.Equal("a!", await caller.Messages.SendRequestAsync<string, string>($"service/{i}/a", "a", patient));
                    Interlocked.Increment(ref answered);
                }
                catch (CommunicationFailureException)
                {
                    failed[number]++;
                }
            }
        }
    }

    private async Task<IRemoteSession> ConnectAsync(int first)
    {
        var addresses = _gateways.ConvertAll(gateway => gateway.Address);
        first %= addresses.Count;
        var session = await RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = [.. addresses.Skip(first), .. addresses.Take(first)] });
        _sessions.Add(session);
        return session;
    }
}
