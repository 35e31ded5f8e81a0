using Microsoft.Extensions.Options;

namespace RabbitBridge.UnitTests.Options;

public sealed class GatewayOptionsTests
{
    public static TheoryData<Action<GatewayOptions>, string, string> Mistakes() => new()
    {
        { options => options.Name = "", "Name", "1 to 64" },
        { options => options.Name = null!, "Name", "1 to 64" },
        { options => options.Name = "with space", "Name", "letters, digits" },
        { options => options.Name = "dotted.name", "Name", "letters, digits" },
        { options => options.Name = new string('x', 65), "Name", "1 to 64" },
        { options => options.RequestTimeout = TimeSpan.Zero, "RequestTimeout", "at least 1 ms" },
        { options => options.RequestTimeout = TimeSpan.FromSeconds(-1), "RequestTimeout", "infinite" },
        { options => options.RequestTimeout = TimeSpan.FromDays(25), "RequestTimeout", "24 days" },
        { options => options.MaxMessageBytes = 1023, "MaxMessageBytes", "1024" },
        { options => options.MaxMessageBytes = (15 * 1024 * 1024) + 1, "MaxMessageBytes", "15728640" },
        { options => options.MaxOutstandingRequests = 0, "MaxOutstandingRequests", "from 1" },
        { options => options.MaxOutstandingRequests = 4_194_305, "MaxOutstandingRequests", "4194304" },
        { options => options.HeartbeatInterval = TimeSpan.FromMilliseconds(99), "HeartbeatInterval", "00:00:00.1" },
        { options => options.HeartbeatInterval = TimeSpan.FromMinutes(2), "HeartbeatInterval", "00:01:00" },
        { options => options.PresenceLimit = TimeSpan.FromMilliseconds(499), "PresenceLimit", "00:00:00.5" },
        { options => options.PresenceLimit = TimeSpan.FromMinutes(6), "PresenceLimit", "00:05:00" },
        { options => options.StartTimeout = TimeSpan.Zero, "StartTimeout", "more than 0" },
        { options => options.Routing = (RoutingPreference)7, "Routing", "MostSpecific, LocalFirst, Balanced" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_named_with_what_is_allowed(Action<GatewayOptions> mistake, string key, string allowed)
    {
        var options = new GatewayOptions();
        mistake(options);

        var error = Assert.Throws<OptionsValidationException>(() => InMemoryGateway.Create(options));

        var failure = Assert.Single(error.Failures);
        Assert.StartsWith(key, failure, StringComparison.Ordinal);
        Assert.Contains(allowed, failure, StringComparison.Ordinal);
        Assert.Throws<OptionsValidationException>(() => RabbitMqGateway.Create(options));
    }

    [Fact]
    public async Task The_defaults_and_the_limits_are_allowed()
    {
        await using var defaults = InMemoryGateway.Create();
        await using var least = InMemoryGateway.Create(new GatewayOptions
        {
            Name = "x",
            RequestTimeout = TimeSpan.FromMilliseconds(1),
            MaxMessageBytes = 1024,
            MaxOutstandingRequests = 1,
            HeartbeatInterval = TimeSpan.FromMilliseconds(100),
            PresenceLimit = TimeSpan.FromMilliseconds(500),
            StartTimeout = TimeSpan.FromMilliseconds(1),
        });
        await using var most = InMemoryGateway.Create(new GatewayOptions
        {
            Name = new string('x', 64),
            RequestTimeout = Timeout.InfiniteTimeSpan,
            MaxMessageBytes = 15 * 1024 * 1024,
            HeartbeatInterval = TimeSpan.FromMinutes(1),
            PresenceLimit = TimeSpan.FromMinutes(5),
            StartTimeout = Timeout.InfiniteTimeSpan,
        });

        Assert.InRange(defaults.Name.Length, 1, 64);
    }

    [Fact]
    public void Every_mistake_is_named_at_once()
    {
        var error = Assert.Throws<OptionsValidationException>(() => InMemoryGateway.Create(new GatewayOptions { Name = "", MaxMessageBytes = 0, MaxOutstandingRequests = 0 }));

        Assert.Equal(3, error.Failures.Count());
    }
}
