using Microsoft.Extensions.Logging.Abstractions;
using RabbitBridge.Calls;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;
using RabbitBridge.Routing;

namespace RabbitBridge.UnitTests.Routing;

public sealed class BranchTests : IDisposable
{
    private static readonly MessagePath Path = MessagePath.Parse("a");

    private readonly Telemetry _telemetry = new(NullLogger.Instance);

    public void Dispose() => _telemetry.Dispose();

    [Fact]
    public void The_handler_with_the_fewest_outstanding_requests_is_picked()
    {
        var receivers = Enumerable.Range(0, 3).Select(_ => new FakeReceiver(_telemetry)).ToArray();
        var branch = new Branch(Path, 1, [.. receivers.Select(receiver => (IBranchHandler)new FakeHandler(Path, receiver))], []);

        for (var i = 0; i < 30; i++)
            branch.PickLocal()!.Receiver.RequestStarted();
        Assert.All(receivers, receiver => Assert.Equal(10, receiver.Outstanding));

        receivers[1].RequestEnded();
        Assert.Same(receivers[1], branch.PickLocal()!.Receiver);
    }

    [Fact]
    public void Idle_handlers_take_turns()
    {
        var receivers = Enumerable.Range(0, 3).Select(_ => new FakeReceiver(_telemetry)).ToArray();
        var branch = new Branch(Path, 1, [.. receivers.Select(receiver => (IBranchHandler)new FakeHandler(Path, receiver))], []);

        var picked = Enumerable.Range(0, 30).Select(_ => branch.PickLocal()!.Receiver).ToArray();

        Assert.All(receivers, receiver => Assert.Equal(10, picked.Count(each => each == receiver)));
    }

    [Fact]
    public void The_gateway_with_the_fewest_outstanding_requests_is_picked_and_no_dead_one()
    {
        var links = Enumerable.Range(0, 3).Select(i => new FakeLink($"{i}")).ToArray();
        var branch = new Branch(Path, 1, [], [.. links.Select((link, i) => Route((ulong)i, link))]);

        for (var i = 0; i < 30; i++)
            branch.PickRemote()!.Peer.Link.RequestStarted();
        Assert.All(links, link => Assert.Equal(10, link.Outstanding));

        links[2].RequestEnded();
        Assert.Same(links[2], branch.PickRemote()!.Peer.Link);
        links[2].MarkGone();
        for (var i = 0; i < 10; i++)
            Assert.NotSame(links[2], branch.PickRemote()!.Peer.Link);
        links[0].MarkGone();
        links[1].MarkGone();
        Assert.Null(branch.PickRemote());
    }

    [Fact]
    public void Nobody_is_picked_where_nobody_is()
    {
        var branch = new Branch(Path, 1, [], []);

        Assert.True(branch.IsEmpty);
        Assert.Null(branch.PickLocal());
        Assert.Null(branch.PickRemote());
        var dead = new FakeLink("x");
        dead.MarkGone();
        Assert.Null((branch with { Remote = [Route(1, dead)] }).PickRemote());
    }

    private static RemoteRoute Route(ulong instance, FakeLink link) =>
        new(new Peer(instance, $"{instance}", link, new RouteTable(), new PathClaims(0)), new BranchAnnouncement(Path, [], false));
}
