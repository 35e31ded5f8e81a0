using Microsoft.Extensions.Options;

namespace RabbitBridge.AspNetCore.Remote;

/// <summary>Checks <see cref="RemoteOptions"/> at start.</summary>
internal sealed class RemoteOptionsValidator : IValidateOptions<RemoteOptions>
{
    // The clients' own, SignalR's defaults, which no gateway can change: they send a sign of life every 15 s, and take a connection for lost on which
    // nothing has come for 30 s.
    private static readonly TimeSpan MaxKeepAlive = TimeSpan.FromSeconds(15);

    public ValidateOptionsResult Validate(string? name, RemoteOptions options)
    {
        var problems = new List<string>();
        Check(options.GracePeriod >= TimeSpan.Zero && options.GracePeriod <= TimeSpan.FromHours(1), $"Remote:GracePeriod {options.GracePeriod}: from 0 to one hour.");
        Check(options.BrokerGrace >= TimeSpan.Zero && options.BrokerGrace <= TimeSpan.FromHours(1), $"Remote:BrokerGrace {options.BrokerGrace}: from 0 to one hour.");
        Check(IsBetween(options.OpenTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5)), $"Remote:OpenTimeout {options.OpenTimeout}: from 100 ms to 5 minutes.");
        Check(
            IsBetween(options.KeepAlive, TimeSpan.FromSeconds(1), MaxKeepAlive),
            $"Remote:KeepAlive {options.KeepAlive}: from 1 s to 15 s; clients take a connection for lost on which nothing has come for 30 s, and one sign of life may be late.");
        Check(options.ClientTimeout >= 2 * options.KeepAlive, $"Remote:ClientTimeout {options.ClientTimeout}: at least twice Remote:KeepAlive ({options.KeepAlive}).");
        Check(IsBetween(options.Farewell, TimeSpan.Zero, TimeSpan.FromMinutes(1)), $"Remote:Farewell {options.Farewell}: from 0 to one minute.");
        Check(options.MaxQueueBytes is >= 64 * 1024 and <= 1024 * 1024 * 1024, $"Remote:MaxQueueBytes {options.MaxQueueBytes}: from 65536 (64 KiB) to 1073741824 (1 GiB).");
        Check(IsBetween(options.StallTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)), $"Remote:StallTimeout {options.StallTimeout}: from 100 ms to one hour.");
        Check(options.MaxRequests > 0, $"Remote:MaxRequests {options.MaxRequests}: at least 1.");
        Check(options.MaxRequestBytes is >= 64 * 1024 and <= 1024 * 1024 * 1024, $"Remote:MaxRequestBytes {options.MaxRequestBytes}: from 65536 (64 KiB) to 1073741824 (1 GiB).");
        Check(options.MaxTotalBytes is null or >= 1024 * 1024, $"Remote:MaxTotalBytes {options.MaxTotalBytes}: at least 1048576 (1 MiB).");
        Check(options.MaxHandlers > 0, $"Remote:MaxHandlers {options.MaxHandlers}: at least 1.");
        Check(options.MaxListeners > 0, $"Remote:MaxListeners {options.MaxListeners}: at least 1.");
        Check(options.MaxSessions > 0, $"Remote:MaxSessions {options.MaxSessions}: at least 1.");
        foreach (var (index, origin) in options.AllowedOrigins.Index())
        {
            Check(
                origin == "*" || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.PathAndQuery == "/"),
                $"Remote:AllowedOrigins:{index} '{origin}': an origin such as https://app.example.com, or *.");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);

        void Check(bool isRight, string problem)
        {
            if (!isRight)
                problems.Add(problem);
        }
    }

    private static bool IsBetween(TimeSpan value, TimeSpan least, TimeSpan most) => value >= least && value <= most;
}
