using RabbitBridge.RabbitMq.Connections;
using RabbitMQ.Client;

namespace RabbitBridge.UnitTests.Options;

public sealed class BrokerHostsTests
{
    [Theory]
    [InlineData("node", "node", 5672)]
    [InlineData("node.example.org:5673", "node.example.org", 5673)]
    [InlineData("10.0.0.1:1", "10.0.0.1", 1)]
    [InlineData("::1", "::1", 5672)]
    [InlineData("[::1]", "::1", 5672)]
    [InlineData("[::1]:65535", "::1", 65535)]
    public void A_host_may_have_a_port(string text, string name, int port)
    {
        Assert.True(BrokerHosts.TryParse(text, 5672, out var host));
        Assert.Equal((name, port), host);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(":5672")]
    [InlineData("node:")]
    [InlineData("node:65536")]
    [InlineData("node:-1")]
    [InlineData("node:http")]
    [InlineData("user@node")]
    [InlineData("node/vhost")]
    [InlineData("amqp://node")]
    [InlineData("[node")]
    [InlineData("a,b")]
    public void What_is_no_host_is_refused(string? text) => Assert.False(BrokerHosts.TryParse(text, 5672, out _));

    [Fact]
    public void They_are_tried_in_turn_and_around()
    {
        var hosts = new BrokerHosts([new AmqpTcpEndpoint("a"), new AmqpTcpEndpoint("b"), new AmqpTcpEndpoint("c")]);
        var tried = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            tried.Add(hosts.Current.HostName);
            hosts.Next();
        }

        Assert.Equal(["a", "b", "c", "a", "b"], tried);
    }
}
