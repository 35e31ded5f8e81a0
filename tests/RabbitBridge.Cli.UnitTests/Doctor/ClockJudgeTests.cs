using RabbitBridge.Cli.Doctor;

namespace RabbitBridge.Cli.UnitTests.Doctor;

public sealed class ClockJudgeTests
{
    private static readonly DateTimeOffset Local = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, FindingKind.Ok)]
    [InlineData(-4, FindingKind.Ok)]
    [InlineData(60, FindingKind.Warning)]
    [InlineData(-60, FindingKind.Warning)]
    internal void Clocks_may_differ_a_little(int seconds, FindingKind expected) =>
        Assert.Equal(expected, ClockJudge.Broker((Local.AddSeconds(seconds), Local)).Kind);

    [Fact]
    public void A_broker_that_does_not_tell_its_time_is_not_judged() => Assert.Equal(FindingKind.Unknown, ClockJudge.Broker(null).Kind);
}
