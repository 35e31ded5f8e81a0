using RabbitBridge.Fabric;
using RabbitBridge.Routing;

namespace RabbitBridge.UnitTests.Routing;

/// <summary>What a gateway announces fits into one message, whatever its clients register (D16).</summary>
public sealed class OwnRoutesTests
{
    private readonly OwnRoutes _routes = new();

    [Fact]
    public void There_is_room_for_a_hundred_thousand_handlers_and_not_for_more_than_a_message_takes_D16()
    {
        var count = 0;
        while (TryAdd($"shop/orders/{count}/of/somebody/and/some/more/{count}"))
            count++;

        Assert.InRange(count, 75_000, 200_000);
        Assert.False(TryAdd("one/more"));
        // What is there may be said again, and become less, but not more without limit.
        Assert.True(TryAdd("shop/orders/0/of/somebody/and/some/more/0"));
        Assert.False(TryAdd("shop/orders/0/of/somebody/and/some/more/0", new string('x', 1000)));
    }

    [Fact]
    public void What_is_withdrawn_or_said_anew_makes_room_D16()
    {
        var path = 0;
        while (TryAdd($"{path}", new string('x', 100_000)))
            path++;
        for (var i = 0; i < path; i++)
            _routes.Add(Branch($"{i}"));

        var again = 0;
        while (TryAdd($"again/{again}", new string('x', 100_000)))
            again++;

        Assert.InRange(again, path - 2, path);
        for (var i = 0; i < again; i++)
            _routes.Withdraw(MessagePath.Parse($"again/{i}"));
        Assert.True(TryAdd("last", new string('x', 4_000_000)));
    }

    private static BranchAnnouncement Branch(string path, params string[] properties) => new(MessagePath.Parse(path), properties, Redelivery: false);

    private bool TryAdd(string path, params string[] properties)
    {
        var branch = Branch(path, properties);
        if (!_routes.HasRoomFor(branch))
            return false;
        _routes.Add(branch);
        return true;
    }
}
