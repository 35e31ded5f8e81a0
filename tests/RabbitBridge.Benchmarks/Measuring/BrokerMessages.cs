using System.Globalization;
using RabbitBridge.Testing;

namespace RabbitBridge.Benchmarks.Measuring;

/// <summary>How many messages the broker has received over AMQP 0-9-1, its own count.</summary>
internal static class BrokerMessages
{
    private const string Count = "maps:get(messages_received_total, maps:get([{protocol, amqp091}], rabbit_global_counters:overview())).";

    /// <returns><see langword="null"/> for a broker that others use too.</returns>
    public static async Task<long?> CountAsync(TestBroker broker)
    {
        if (broker.Kind == TestBrokerKind.External)
            return null;
        var text = await broker.RunControlCommandAsync("eval", Count).ConfigureAwait(false);
        return long.Parse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
