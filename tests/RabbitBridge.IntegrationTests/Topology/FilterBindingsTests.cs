using System.Diagnostics.Metrics;
using RabbitBridge.ContractTests;
using RabbitBridge.Gateways;

namespace RabbitBridge.IntegrationTests.Topology;

/// <summary>What header bindings spare: gateways that a filter does not concern do not see it.</summary>
[Collection(BrokerGroup.Name)]
public sealed class FilterBindingsTests(BrokerFixture broker) : BrokerTest(broker)
{
    [Fact]
    public async Task A_filter_reaches_the_gateways_that_have_what_it_names()
    {
        var gateways = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => StartGatewayAsync($"g{number}")));
        var sender = gateways[0].OpenSession();
        var sessions = new List<ISession>();
        foreach (var (number, gateway) in gateways.Index())
        {
            sessions.Add(await gateway.OpenSessionAsync(new SessionOptions
            {
                Principal = $"p{number}",
                Roles = [number < 4 ? "low" : "high"],
                Properties = new Dictionary<string, string> { ["Department"] = number == 5 ? "Accounts" : $"Other {number}" },
            }));
        }

        // The sender's own gateway, which is among the eight, is asked without the broker.
        Assert.Equal(1, await DeliveriesAsync("Department is 'Accounts'"));
        Assert.Equal(1, await DeliveriesAsync("Department is 'Accounts' and not hasRoles 'low'"));
        Assert.Equal(1, await DeliveriesAsync($"$SessionId is '{sessions[6].Id}'"));
        Assert.Equal(2, await DeliveriesAsync("$Principal in ['p1', 'p2']"));
        Assert.Equal(4, await DeliveriesAsync("hasRoles 'high'"));
        Assert.Equal(2, await DeliveriesAsync("$ServerName is 'g3' or Department matches 'Accounts' and $Principal is 'p5'"));
        Assert.Equal(0, await DeliveriesAsync("Department is 'Nowhere'"));
        Assert.Equal(7, await DeliveriesAsync("has Department"));
        Assert.Equal(7, await DeliveriesAsync("all"));
        Assert.Equal(7, await DeliveriesAsync("Department ne 'Accounts'"));

        async Task<int> DeliveriesAsync(string filter)
        {
            using var counted = Counted.Start();
            // The last answer comes after the last delivery.
            await foreach (var _ in sender.Messages.SendRequestToFilterAsync<string, string>(filter, "path", ""))
                continue;
            return (int)gateways.Sum(gateway => counted.Of(MeterOf(gateway), "rabbitbridge.filter.requests", ""));
        }
    }

    [Fact]
    public async Task Twenty_thousand_principals_stay_within_the_budget_and_everything_is_unbound_at_the_end()
    {
        var (a, b) = await StartTwoAsync();
        var sessions = new List<ISession>();
        for (var i = 0; i < 20_000; i++)
        {
            sessions.Add(a.OpenSession(new SessionOptions
            {
                Principal = $"principal {i}",
                Roles = [$"role {i % 40}"],
                Properties = new Dictionary<string, string> { ["Floor"] = $"{i % 5}" },
            }));
            Assert.True(Bindings(a) <= 32);
        }

        var sender = b.OpenSession();
        await a.OpenSessionAsync();
        Assert.Equal(1, await CountAsync("$Principal is 'principal 19999'"));
        Assert.Equal(500, await CountAsync("hasRoles 'role 7'"));
        Assert.InRange(Bindings(a), 3, 32);

        foreach (var session in sessions)
        {
            await session.CloseAsync();
            Assert.True(Bindings(a) <= 32);
        }

        await a.StopAsync();
        await b.StopAsync();
        var client = await ConnectAsync();
        Assert.False(await client.PublishAsync(Names.Filter, "", default, properties => properties.Headers = new Dictionary<string, object?> { ["rb-all"] = true }));

        Task<int> CountAsync(string filter) => sender.Messages.SendRequestToFilterAsync(filter, "path", "", new CollectingCallback());
    }

    [Fact]
    public async Task Bindings_that_nobody_needs_any_more_are_taken_away_while_the_gateway_runs()
    {
        var (a, _) = await StartTwoAsync();
        var first = await a.OpenSessionAsync(new SessionOptions { Properties = new Dictionary<string, string> { ["Floor"] = "1" } });
        var before = Bindings(a);
        var second = await a.OpenSessionAsync(new SessionOptions { Properties = new Dictionary<string, string> { ["Floor"] = "2", ["Room"] = "3" } });
        Assert.Equal(before + 2, Bindings(a));

        await second.CloseAsync();
        await Eventually.TrueAsync(() => Bindings(a) == before, "the bindings are gone");

        await first.CloseAsync();
        await Eventually.TrueAsync(() => Bindings(a) == 0, "no session, no binding");
    }

    [Fact]
    public async Task Ten_thousand_answers_from_four_gateways_take_less_than_three_hundred_messages()
    {
        var gateways = await Task.WhenAll(Enumerable.Range(0, 4).Select(number => StartGatewayAsync($"g{number}")));
        foreach (var gateway in gateways)
        {
            for (var i = 0; i < 2500; i++)
                (await gateway.OpenSessionAsync(new SessionOptions { Principal = "p" })).AnswerOnStream("path", "answer");
        }

        var asking = await StartGatewayAsync("sender");
        var sender = asking.OpenSession();
        using var counted = Counted.Start();
        var answers = 0;
        await foreach (var answer in sender.Messages.SendRequestToFilterAsync<string, string>("$Principal is 'p'", "path", ""))
            answers += answer.Response == "answer" ? 1 : 0;

        Assert.Equal(10_000, answers);
        // Every frame is a message, and one more carries the request to all; the heartbeats of the moment are counted as well.
        Assert.InRange(1 + gateways.Append(asking).Sum(gateway => counted.Of(MeterOf(gateway), "rabbitbridge.frame.messages", "")), 10, 299);
    }

    private static Meter MeterOf(IGateway gateway) => ((GatewayEngine)gateway).Telemetry.Meter;

    private static int Bindings(IGateway gateway) => ((GatewayEngine)gateway).HeaderBindings.Count;
}
