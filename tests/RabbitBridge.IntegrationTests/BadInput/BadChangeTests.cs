using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Frames;

namespace RabbitBridge.IntegrationTests.BadInput;

/// <summary>Changes of sessions that no gateway would send.</summary>
[Collection(BrokerGroup.Name)]
public sealed class BadChangeTests(BrokerFixture broker) : BadInputTest(broker)
{
    [Theory]
    [InlineData("$Roles", null, ErrorReason.InvalidData)]
    [InlineData("$Principal", "root", ErrorReason.InvalidData)]
    [InlineData("a b", "x", ErrorReason.InvalidData)]
    [InlineData("", "x", ErrorReason.InvalidData)]
    public async Task A_change_that_a_session_cannot_make_changes_nothing(string key, string? value, ErrorReason error)
    {
        var peer = await NativePeer.OpenAsync(Rabbit.Options.Uri, Names);
        await using var _ = peer;
        await peer.AnnounceAsync(Inbox(Target), "peer");
        var session = Target.OpenSession();
        var before = session.Properties;

        await peer.SendAsync(Inbox(Target), frame => FrameWriter.Write(frame, Request("a") with
        {
            Filter = "all",
            Change = new SessionChange(new Dictionary<string, string?> { [key] = value }, [], [], WantsPrevious: false),
        }));

        await Eventually.TrueAsync(() => !peer.Counts.IsEmpty, "the change is answered");
        Assert.Equal(error, Assert.Single(peer.Counts).Error);
        Assert.Equal(before, session.Properties);
        await AssertUnharmedAsync();
    }

    [Theory]
    [InlineData(256, 1)]
    [InlineData(1, 129)]
    public async Task Roles_beyond_the_limits_are_refused_where_they_arrive_too_S12(int length, int count)
    {
        var peer = await NativePeer.OpenAsync(Rabbit.Options.Uri, Names);
        await using var _ = peer;
        await peer.AnnounceAsync(Inbox(Target), "peer");
        var session = Target.OpenSession();

        await peer.SendAsync(Inbox(Target), frame => FrameWriter.Write(frame, Request("a") with
        {
            Filter = "all",
            Change = new SessionChange(new Dictionary<string, string?>(), [], [.. Enumerable.Range(0, count).Select(i => $"{i}".PadRight(length, 'r'))], WantsPrevious: false),
        }));

        await Eventually.TrueAsync(() => !peer.Counts.IsEmpty, "the change is answered");
        Assert.Equal(ErrorReason.InvalidData, Assert.Single(peer.Counts).Error);
        Assert.Equal("", session.Properties["$Roles"]);
        await AssertUnharmedAsync();
    }
}
