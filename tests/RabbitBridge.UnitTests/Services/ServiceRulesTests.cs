using RabbitBridge.Services;

namespace RabbitBridge.UnitTests.Services;

public sealed class ServiceRulesTests
{
    [Fact]
    public void What_is_read_is_told_again()
    {
        var queue = new ServiceOptions { Path = "a/b", Queue = "q", ContentType = "text/plain", TimeLimit = TimeSpan.FromSeconds(2), ErrorHeader = "h", ErrorProperty = "p" };
        var exchange = new ServiceOptions { Path = "a", Exchange = "e", RoutingKey = "k" };

        foreach (var service in new[] { queue, exchange })
        {
            var (path, route) = ServiceRules.Read(service);
            Assert.Equal(service, ServiceRules.Options(path, route));
        }
    }

    public static TheoryData<ServiceOptions, string> Wrong => new()
    {
        { new() { Path = "a" }, "either a Queue or an Exchange" },
        { new() { Path = "a", Queue = "q", Exchange = "e" }, "either a Queue or an Exchange" },
        { new() { Path = "a", Queue = "" }, "either a Queue or an Exchange" },
        { new() { Path = "a", Queue = "q", RoutingKey = "k" }, "A RoutingKey belongs to an Exchange" },
        { new() { Path = "a", Queue = new string('q', 256) }, "at most 255 bytes" },
        { new() { Path = "a", Queue = "q", ContentType = "text\n" }, "is no media type" },
        { new() { Path = "a", Queue = "q", TimeLimit = TimeSpan.Zero }, "from 1 ms to 24 days" },
        { new() { Path = "a//b", Queue = "q" }, "a//b" },
        { new() { Path = string.Join('/', Enumerable.Repeat("a", 17)), Queue = "q" }, "17 segments" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_wrong_is_told(ServiceOptions service, string problem) =>
        Assert.Contains(problem, Assert.ThrowsAny<MessagingException>(() => ServiceRules.Read(service)).Message, StringComparison.Ordinal);
}
