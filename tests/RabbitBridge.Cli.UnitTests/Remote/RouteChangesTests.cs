using RabbitBridge.Cli.Remote;

namespace RabbitBridge.Cli.UnitTests.Remote;

public sealed class RouteChangesTests
{
    [Fact]
    public void What_has_come_changed_and_gone_is_found_by_path()
    {
        var changes = new RouteChanges();

        Assert.Equal([("came", "a"), ("came", "b")], Next(changes, new("b", 1, []), new("a", 1, ["x"])));
        Assert.Empty(Next(changes, new("a", 1, ["x"]), new("b", 1, [])));
        Assert.Equal([("changed", "a"), ("went", "b"), ("came", "c")], Next(changes, new("a", 1, ["x", "y"]), new("c", 0, ["x"])));
        Assert.Empty(Next(changes, new("a", 1, ["y", "x"]), new("c", 0, ["x"])));
        Assert.Equal([("changed", "a")], Next(changes, new("a", 1, ["x", "y"]) { Problem = "no queue" }, new("c", 0, ["x"])));
    }

    private static IEnumerable<(string, string)> Next(RouteChanges changes, params FabricRoute[] routes) =>
        changes.Next(routes).Select(change => (change.What, change.Route.Path));
}
