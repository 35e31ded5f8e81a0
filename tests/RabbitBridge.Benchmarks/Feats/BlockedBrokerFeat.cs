using RabbitBridge.Benchmarks.Scenarios;

namespace RabbitBridge.Benchmarks.Feats;

/// <summary>The broker is low on memory, and blocks all that publish.</summary>
internal sealed class BlockedBrokerFeat() : OutageFeat(Names.OutageBlocked, "the broker is blocked for 60 s while a gateway sends 1,000 requests of 10 KiB a second to another one")
{
    protected override Task<DateTimeOffset> BreakAsync(Stage stage) => LimitMemoryAsync(stage, "0.000001");

    protected override Task<DateTimeOffset> MendAsync(Stage stage, CancellationToken cancellationToken) => LimitMemoryAsync(stage, "0.4");

    private static async Task<DateTimeOffset> LimitMemoryAsync(Stage stage, string share) =>
        await stage.EvaluateTimeAsync($"vm_memory_monitor:set_vm_memory_high_watermark({share}), erlang:system_time(millisecond).").ConfigureAwait(false)
        ?? throw new InvalidOperationException("The broker has no time.");
}
