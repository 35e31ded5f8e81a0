using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace RabbitBridge.Gateway.IntegrationTests;

/// <summary>Counts what the counters of RabbitBridge count, of all gateways of the process.</summary>
internal sealed class Counted : IDisposable
{
    private readonly ConcurrentDictionary<(string Counter, string Tag), long> _counts = new();
    private readonly MeterListener _listener = new();

    private Counted()
    {
        _listener.InstrumentPublished = static (instrument, self) =>
        {
            if (instrument.Meter.Name == "RabbitBridge" && instrument is Counter<long>)
                self.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            _counts.AddOrUpdate((instrument.Name, tags.Length == 0 ? "" : (string)tags[0].Value!), value, (_, before) => before + value));
        _listener.Start();
    }

    public static Counted Start() => new();

    public long Of(string counter, string tag) => _counts.GetValueOrDefault((counter, tag));

    public void Dispose() => _listener.Dispose();
}
