using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace RabbitBridge.Gateway.IntegrationTests;

/// <summary>Counts what the counters of RabbitBridge count, of all gateways of the process.</summary>
internal sealed class Counted : IDisposable
{
    private readonly ConcurrentDictionary<(Meter Meter, string Counter, string Tag), long> _counts = new();
    private readonly MeterListener _listener = new();

    private Counted()
    {
        _listener.InstrumentPublished = static (instrument, self) =>
        {
            if (instrument.Meter.Name == "RabbitBridge" && instrument is Counter<long>)
                self.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            _counts.AddOrUpdate((instrument.Meter, instrument.Name, tags.Length == 0 ? "" : (string)tags[0].Value!), value, (_, before) => before + value));
        _listener.Start();
    }

    public static Counted Start() => new();

    public long Of(string counter, string tag) => _counts.Where(each => each.Key.Counter == counter && each.Key.Tag == tag).Sum(each => each.Value);

    /// <summary>What one gateway has counted, by tag.</summary>
    public IReadOnlyDictionary<string, long> Of(RemoteGateway gateway, string counter)
    {
        ArgumentNullException.ThrowIfNull(gateway);
        return _counts.Where(each => each.Key.Meter == gateway.Meter && each.Key.Counter == counter).ToDictionary(each => each.Key.Tag, each => each.Value);
    }

    public void Dispose() => _listener.Dispose();
}
