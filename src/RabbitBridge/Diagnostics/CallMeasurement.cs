using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace RabbitBridge.Diagnostics;

/// <summary>Measures one call, if anybody listens.</summary>
internal readonly struct CallMeasurement(Histogram<double>? duration)
{
    private readonly long _start = duration is null ? 0 : Stopwatch.GetTimestamp();

    public void End(ErrorReason? error, Activity? activity) => Record(error?.ToString(), activity);

    public void Cancelled(Activity? activity) => Record("Cancelled", activity);

    private void Record(string? error, Activity? activity)
    {
        if (duration is not null)
        {
            var tags = new TagList { { "messaging.system", "rabbitmq" }, { "messaging.operation.name", "send" } };
            if (error is not null)
                tags.Add("error.type", error);
            duration.Record(Stopwatch.GetElapsedTime(_start).TotalSeconds, tags);
        }

        Telemetry.EndSend(activity, error);
    }
}
