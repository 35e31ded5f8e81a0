namespace RabbitBridge.Benchmarks.Feats;

/// <summary>Everything that is done once.</summary>
internal static class FeatList
{
    public static IReadOnlyList<Feat> All { get; } = [new HandlersFeat(), new BlockedBrokerFeat(), new BrokerAwayFeat()];
}
