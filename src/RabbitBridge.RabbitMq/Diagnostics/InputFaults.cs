using Microsoft.Extensions.Logging;
using RabbitBridge.Filters;
using Telemetry = RabbitBridge.Diagnostics.Telemetry;

namespace RabbitBridge.RabbitMq.Diagnostics;

/// <summary>Counts bad messages by kind, and logs each kind once a second: a flood of them must not become a flood of log lines.</summary>
internal sealed class InputFaults(Telemetry telemetry, Clock clock, ILogger logger)
{
    private const int LogIntervalMilliseconds = 1000;

    // More than any text of ours needs; what a sender has put into it may be longer.
    private const int MaxDetail = 1000;

    private static readonly int Kinds = Enum.GetValues<InputFault>().Length;

    private readonly long[] _counts = new long[Kinds];
    private readonly long[] _loggedAt = new long[Kinds];
    private readonly long[] _countsWhenLogged = new long[Kinds];

    public long Count(InputFault fault) => Interlocked.Read(ref _counts[(int)fault]);

    public void Report(InputFault fault, string detail)
    {
        var count = Interlocked.Increment(ref _counts[(int)fault]);
        telemetry.BadInput(fault.ToString());
        var now = clock.Now;
        var last = Interlocked.Read(ref _loggedAt[(int)fault]);
        if ((last != 0 && now - last < LogIntervalMilliseconds) || Interlocked.CompareExchange(ref _loggedAt[(int)fault], now, last) != last)
            return;
        var before = Interlocked.Exchange(ref _countsWhenLogged[(int)fault], count);
        // In one line: a property of the message must not be able to write lines of its own into the log.
        Log.BadInput(logger, fault, FilterText.Show(detail, MaxDetail), count - before);
    }
}
