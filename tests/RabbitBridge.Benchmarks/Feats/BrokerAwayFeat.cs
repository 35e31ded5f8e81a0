using RabbitBridge.Benchmarks.Scenarios;
using RabbitBridge.Testing;

namespace RabbitBridge.Benchmarks.Feats;

/// <summary>The broker is stopped and started again.</summary>
internal sealed class BrokerAwayFeat() : OutageFeat(Names.OutageAway, "the broker is away for 60 s while a gateway sends 1,000 requests of 10 KiB a second to another one")
{
    protected override async Task<DateTimeOffset> BreakAsync(Stage stage)
    {
        var before = TimeProvider.System.GetUtcNow();
        await stage.Broker.StopAsync().ConfigureAwait(false);
        return before;
    }

    protected override async Task<DateTimeOffset> MendAsync(Stage stage, CancellationToken cancellationToken)
    {
        var port = new PortWatch(stage.Broker.AmqpUri);
        await using (port.ConfigureAwait(false))
        {
            await stage.Broker.RestartAsync(ct: cancellationToken).ConfigureAwait(false);
            var ready = TimeProvider.System.GetUtcNow();
            // A container's port is open before anybody listens behind it.
            return stage.Broker.Kind == TestBrokerKind.PrivateNode ? port.OpenedAt ?? ready : ready;
        }
    }
}
