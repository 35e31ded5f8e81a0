using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using RabbitBridge.Settings;

namespace RabbitBridge;

internal sealed partial class GatewayOptionsValidator : IValidateOptions<GatewayOptions>
{
    public static string DefaultName() =>
        ForbiddenInNames().Replace($"{Environment.MachineName}-{Environment.ProcessId}", "-") is { Length: > 64 } name ? name[^64..]
            : ForbiddenInNames().Replace($"{Environment.MachineName}-{Environment.ProcessId}", "-");

    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var problems = new List<string>();
        if (string.IsNullOrEmpty(options.Name) || options.Name.Length > 64 || ForbiddenInNames().IsMatch(options.Name))
            problems.Add($"Name {ShownSetting.Value("Name", options.Name ?? string.Empty)}: 1 to 64 letters, digits, '-' and '_' are allowed.");
        if (options.RequestTimeout != Timeout.InfiniteTimeSpan
            && (options.RequestTimeout < TimeSpan.FromMilliseconds(1) || options.RequestTimeout > RequestTimeout.Longest))
            problems.Add($"RequestTimeout {options.RequestTimeout}: at least 1 ms and at most 24 days, or infinite.");
        CheckRange(problems, nameof(options.MaxMessageBytes), options.MaxMessageBytes, 1024, 15 * 1024 * 1024);
        CheckRange(problems, nameof(options.MaxOutstandingRequests), options.MaxOutstandingRequests, 1, 4_194_304);
        CheckRange(problems, nameof(options.MaxQueuedProjectMessages), options.MaxQueuedProjectMessages, 1, 1_000_000);
        CheckRange(problems, nameof(options.MaxQueuedProjectBytes), options.MaxQueuedProjectBytes, 64 * 1024, 1024 * 1024 * 1024);
        CheckRange(problems, nameof(options.HeaderBindings), options.HeaderBindings, 3, 1000);
        CheckRange(problems, nameof(options.HeartbeatInterval), options.HeartbeatInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        CheckRange(problems, nameof(options.PresenceLimit), options.PresenceLimit, TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(5));
        CheckRange(problems, nameof(options.DrainTimeout), options.DrainTimeout, TimeSpan.Zero, TimeSpan.FromHours(1));
        if (options.StartTimeout != Timeout.InfiniteTimeSpan && options.StartTimeout <= TimeSpan.Zero)
            problems.Add($"StartTimeout {options.StartTimeout}: more than 0, or infinite.");
        if (!Enum.IsDefined(options.Routing))
            problems.Add($"Routing {options.Routing}: one of {string.Join(", ", Enum.GetNames<RoutingPreference>())}.");
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void CheckRange<T>(List<string> problems, string key, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            problems.Add($"{key} {value}: from {least} to {most}.");
    }

    [GeneratedRegex("[^A-Za-z0-9_-]")]
    private static partial Regex ForbiddenInNames();
}
