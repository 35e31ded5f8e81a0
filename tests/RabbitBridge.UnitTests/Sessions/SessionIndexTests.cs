using System.Diagnostics;
using CsCheck;
using RabbitBridge.ContractTests;
using RabbitBridge.Gateways;

namespace RabbitBridge.UnitTests.Sessions;

/// <summary>The index finds what plain evaluation finds, without looking at every session.</summary>
public sealed class SessionIndexTests : IAsyncLifetime
{
    private const int Many = 100_000;

    private readonly IGateway _gateway = new InMemoryWorld().CreateGateway(new GatewayOptions { Name = "a" });

    public Task InitializeAsync() => _gateway.StartAsync();

    public Task DisposeAsync() => _gateway.DisposeAsync().AsTask();

    [Fact]
    public async Task Whatever_the_filter_the_index_selects_what_plain_evaluation_selects()
    {
        var sessions = new List<ISession>();
        foreach (var (principal, properties, roles) in Gen.Select(RandomFilter.Principal, RandomFilter.Properties, RandomFilter.Roles).Array[200].Single())
        {
            sessions.Add(_gateway.OpenSession(new SessionOptions
            {
                Principal = principal,
                Roles = roles,
                Properties = properties.Where(pair => pair.Value is not null && !pair.Key.StartsWith('$')).ToDictionary(pair => pair.Key, pair => pair.Value!),
            }));
        }

        RandomFilter.Of(6).Sample(
            text =>
            {
                var filter = SessionFilter.Parse(text);
                Assert.Equal(
                    sessions.Where(session => filter.Matches(session.Properties)).Select(session => session.Id.Session).Order(),
                    Directory.Select(filter).Select(session => session.Id.Session).Order());
            },
            iter: 2000,
            threads: 1);
        await Task.WhenAll(sessions.Select(session => session.CloseAsync()));
        Assert.Empty(Directory.Select(SessionFilter.All));
        Assert.Empty(Directory.Index.Values(100));
    }

    [Fact]
    public void A_selective_filter_over_a_hundred_thousand_sessions_does_not_look_at_each_of_them()
    {
        var sessions = Enumerable.Range(0, Many).Select(i => _gateway.OpenSession(new SessionOptions
        {
            Principal = $"p{i}",
            Roles = [i % 2 == 0 ? "even" : "odd"],
            Properties = new Dictionary<string, string> { ["Team"] = $"{i % 10_000}", ["Department"] = $"{i % 10}" },
        })).ToArray();

        foreach (var (text, count) in new[]
        {
            ("$Principal is 'p77777'", 1),
            ("Team is '4321' and hasRoles 'odd' and Department ne '7'", 10),
            ("Department is '1' and (Team in ['1', '2'] or $Principal is 'p31')", 11),
        })
        {
            var filter = SessionFilter.Parse(text);
            Assert.Equal(count, Directory.Select(filter).Count);
            // The least of each: others use the machine meanwhile. Who looked at each session would take as long as plain evaluation does.
            var (plain, best) = (double.MaxValue, double.MaxValue);
            for (var round = 0; round < 20 && best * 20 >= plain; round++)
            {
                plain = Math.Min(plain, MedianTime(() => Assert.Equal(count, sessions.Count(session => filter.Matches(session.Properties))), 1));
                best = Math.Min(best, MedianTime(() => Directory.Select(filter), 100));
            }

            Assert.True(best * 20 < plain, $"'{text}' takes {best} us, and plain evaluation {plain} us.");
        }
    }

    private static double MedianTime(Action action, int times)
    {
        var microseconds = new double[times];
        for (var i = 0; i < times; i++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            microseconds[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(microseconds);
        return microseconds[times / 2];
    }

    private RabbitBridge.Filters.SessionDirectory Directory => ((GatewayEngine)_gateway).Directory;
}
