using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace RabbitBridge.ContractTests;

/// <summary>
/// What the counters of RabbitBridge count and how often its histograms measure, of each gateway by itself: other tests of the process
/// have gateways too.
/// </summary>
public sealed class Counted : IDisposable
{
    private readonly ConcurrentDictionary<(Meter Meter, string Instrument, string Tag), long> _counts = new();
    private readonly MeterListener _listener = new();

    private Counted()
    {
        _listener.InstrumentPublished = static (instrument, self) =>
        {
            if (instrument.Meter.Name == "RabbitBridge" && instrument is Counter<long> or Histogram<int>)
                self.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Add(instrument, 1, tags));
        _listener.Start();
    }

    public static Counted Start() => new();

    /// <summary>What a gateway has counted since the start, by its first tag, which is empty where an instrument has none.</summary>
    public IReadOnlyDictionary<string, long> Of(Meter gateway, string instrument) =>
        _counts.Where(each => each.Key.Meter == gateway && each.Key.Instrument == instrument).ToDictionary(each => each.Key.Tag, each => each.Value);

    public long Of(Meter gateway, string instrument, string tag) => _counts.GetValueOrDefault((gateway, instrument, tag));

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _counts.AddOrUpdate((instrument.Meter, instrument.Name, tags.Length == 0 ? "" : (string)tags[0].Value!), value, (_, before) => before + value);
}
