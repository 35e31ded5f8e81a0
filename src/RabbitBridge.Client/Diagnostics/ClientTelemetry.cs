using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace RabbitBridge.Client.Diagnostics;

/// <summary>The client's spans and measurements, one source and one meter for all sessions of a process.</summary>
internal static class ClientTelemetry
{
    private const string Name = "RabbitBridge.Client";

    private static readonly string Version = typeof(ClientTelemetry).Assembly.GetName().Version!.ToString(3);

    // All sessions of the process have it, whose logs may be different ones.
    public static MessagingTelemetry Messaging { get; } =
        new(new ActivitySource(Name, Version), new Meter(Name, Version), static exception => Trace.TraceError($"A listener to {Name} has failed: {exception}"));
}
