using System.Globalization;
using RabbitBridge.Cli.Demo.Remote;

namespace RabbitBridge.EndToEndTests;

/// <summary>Gateway programs that are stopped as orchestrators stop them, one after the other, while their clients work.</summary>
[Collection(AloneGroup.Name)]
public sealed class StoppedGatewaysTests(BrokerFixture broker) : IAsyncLifetime
{
    private const int Services = 12;
    private const int Callers = 6;

    private static readonly string[] Names = ["north", "east", "south", "west"];

    private readonly List<GatewayServer> _gateways = [];
    private readonly List<IRemoteSession> _sessions = [];

    public async Task InitializeAsync()
    {
        var prefix = broker.NewProcesses().Prefix;
        _gateways.AddRange(await Task.WhenAll(
            Names.Select(name => GatewayServer.StartAsync(name, broker.Broker.AmqpUri, prefix, origin: null, CancellationToken.None))));
    }

    public async Task DisposeAsync()
    {
        foreach (var session in _sessions)
            await session.DisposeAsync();
        foreach (var gateway in _gateways)
            await gateway.DisposeAsync();
    }

    [Fact]
    public async Task No_request_fails_while_gateways_are_stopped_one_after_the_other_F2()
    {
        for (var i = 0; i < Services; i++)
        {
            var service = await ConnectAsync(i % 3);
            await service.Messages.AddRequestHandlerAsync<string, string>($"service/{i}", (text, _, _) => new($"{text}!"));
        }

        var callers = new List<IRemoteSession>();
        for (var i = 0; i < Callers; i++)
            callers.Add(await ConnectAsync(i % 3));
        using var end = new CancellationTokenSource();
        var answered = 0;
        var asking = callers.Select(AskAgainAndAgainAsync).ToArray();

        foreach (var gateway in _gateways[..3])
        {
            Signals.SendTerminate(ProcessOf(gateway));
            await Until.TrueAsync(() => !HasProcess(gateway) || asking.Any(caller => caller.IsFaulted), $"{gateway.Name} has ended");
            var before = Volatile.Read(ref answered);
            await Until.TrueAsync(() => Volatile.Read(ref answered) > before + 1000 || asking.Any(caller => caller.IsFaulted), "requests are answered after the stop");
        }

        await end.CancelAsync();
        await Task.WhenAll(asking);
        Assert.All(_sessions, session => Assert.Equal("west", session.Gateway));

        async Task AskAgainAndAgainAsync(IRemoteSession caller)
        {
            var patient = new RequestOptions { Timeout = Until.Limit };
            for (var i = 0; !end.IsCancellationRequested; i = (i + 1) % Services)
            {
                Assert.Equal("a!", await caller.Messages.SendRequestAsync<string, string>($"service/{i}/a", "a", patient));
                Interlocked.Increment(ref answered);
            }
        }
    }

    private static int ProcessOf(GatewayServer gateway) => int.Parse(Children(gateway).Split(' ')[0], CultureInfo.InvariantCulture);

    private static bool HasProcess(GatewayServer gateway) => Directory.Exists($"/proc/{gateway.GuardId}") && Children(gateway).Length > 0;

    // The guard may end between two looks.
    private static string Children(GatewayServer gateway)
    {
        try
        {
            return File.ReadAllText($"/proc/{gateway.GuardId}/task/{gateway.GuardId}/children").Trim();
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }

    private async Task<IRemoteSession> ConnectAsync(int first)
    {
        var addresses = _gateways.ConvertAll(gateway => gateway.Address);
        var session = await RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = [.. addresses.Skip(first), .. addresses.Take(first)] });
        _sessions.Add(session);
        return session;
    }
}
