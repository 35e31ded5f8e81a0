using RabbitBridge.Cli.Doctor;

namespace RabbitBridge.Cli.UnitTests.Doctor;

public sealed class BrokerVersionTests
{
    [Theory]
    [InlineData("3.10.8", FindingKind.Ok)]
    [InlineData("3.10.0", FindingKind.Ok)]
    [InlineData("3.13.7", FindingKind.Ok)]
    [InlineData("4.1.8", FindingKind.Ok)]
    [InlineData("4.2.9", FindingKind.Ok)]
    [InlineData("4.3.6", FindingKind.Ok)]
    [InlineData("4.4.0-rc.1", FindingKind.Ok)]
    [InlineData("4.0.5", FindingKind.Warning)]
    [InlineData("4.1.7", FindingKind.Warning)]
    [InlineData("4.2.2+3", FindingKind.Warning)]
    [InlineData("4.3.5", FindingKind.Warning)]
    [InlineData("5.0.0", FindingKind.Warning)]
    [InlineData("3.9.29", FindingKind.Problem)]
    [InlineData("2.8", FindingKind.Problem)]
    [InlineData("unknown", FindingKind.Unknown)]
    internal void Versions_are_judged_by_what_is_known_of_them(string version, FindingKind expected) =>
        Assert.Equal(expected, BrokerVersion.Judge("RabbitMQ", version).Kind);

    [Fact]
    public void Another_product_is_warned_of() => Assert.Equal(FindingKind.Warning, BrokerVersion.Judge("LavinMQ", "2.9.1").Kind);
}
