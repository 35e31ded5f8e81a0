using System.Text;
using RabbitBridge.RabbitMq.Topology;

namespace RabbitBridge.UnitTests.Topology;

public sealed class NamesTests
{
    private readonly Names _names = new("rb1");

    [Fact]
    public void The_names_are_those_of_the_contract()
    {
        Assert.Equal("rb1.request", _names.Request);
        Assert.Equal("rb1.request.0", _names.Level(0));
        Assert.Equal("rb1.request.16", _names.Level(16));
        Assert.Equal("rb1.gateway", _names.Gateway);
        Assert.Equal("rb1.session", _names.Session);
        Assert.Equal("rb1.presence", _names.Presence);
        Assert.Equal("rb1.gateway.gw-1.00000000000000ff-3", _names.Inbox("gw-1", 255, 3));
        Assert.Equal(16, Names.MaxDepth);
    }

    [Theory]
    [InlineData("/", "rb1.handler.#")]
    [InlineData("a/b", "rb1.handler.a.b")]
    [InlineData("a.b/*", "rb1.handler.a%2Eb.%2A")]
    public void A_handler_queue_is_named_after_its_branch(string path, string queue) =>
        Assert.Equal(queue, _names.HandlerQueue(MessagePath.Parse(path)));

    [Fact]
    public void Every_branch_that_may_be_registered_has_a_name_that_fits_and_is_its_own()
    {
        var names = new Names(new string('p', 32));
        var seen = new HashSet<string>();
        for (var length = 1; length <= 253; length++)
        {
            foreach (var first in new[] { 'x', 'y', 'é' })
            {
                var queue = names.HandlerQueue(MessagePath.Parse(first + new string('x', length - 1)));
                Assert.True(Encoding.UTF8.GetByteCount(queue) <= 255);
                Assert.True(seen.Add(queue));
            }
        }

        Assert.Contains(seen, queue => queue.Contains(".~", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rb1.gateway.a.1-1", true)]
    [InlineData("rb1.gateway", false)]
    [InlineData("rb1.gatewayx.a", false)]
    [InlineData("rb2.gateway.a.1-1", false)]
    [InlineData("", false)]
    public void An_inbox_is_known_by_its_name(string address, bool isInbox) => Assert.Equal(isInbox, _names.IsInbox(address));
}
