using System.Globalization;

namespace RabbitBridge.Cli.Doctor;

/// <summary>Compares clocks.</summary>
internal static class ClockJudge
{
    private const string Check = "clock";
    private const string Advice = "Synchronise the clocks (NTP): times in logs and traces do not fit together, and tokens are taken too long or not at all.";
    private static readonly TimeSpan Tolerated = TimeSpan.FromSeconds(5);

    /// <param name="timestamp">The broker's time and when it came back, if the broker has told it.</param>
    public static Finding Broker((DateTimeOffset Broker, DateTimeOffset Local)? timestamp) => timestamp is var (broker, local)
        ? Judge(Check, "The broker's", broker - local)
        : Finding.Unknown(Check, "The broker does not tell its time.", "Nothing, if the machines synchronise their clocks; RabbitMQ tells its time if message_interceptors.incoming.set_header_timestamp is configured.");

    public static Finding Gateway(Uri address, DateTimeOffset gateway, DateTimeOffset local) => Judge($"{Check} of {address}", "The gateway's", gateway - local);

    private static Finding Judge(string check, string whose, TimeSpan ahead)
    {
        // What comes with an answer is told in whole seconds, and took its time.
        if (ahead.Duration() <= Tolerated)
            return Finding.Ok(check, string.Create(CultureInfo.InvariantCulture, $"{whose} clock and that of this machine differ by less than {Tolerated.TotalSeconds} s."));
        var text = string.Create(
            CultureInfo.InvariantCulture, $"{whose} clock is {ahead.Duration().TotalSeconds:0} s {(ahead < TimeSpan.Zero ? "behind" : "ahead of")} that of this machine.");
        return Finding.Warning(check, text, Advice);
    }
}
