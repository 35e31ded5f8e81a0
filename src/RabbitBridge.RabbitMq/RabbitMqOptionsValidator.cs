using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.Settings;

namespace RabbitBridge;

internal sealed partial class RabbitMqOptionsValidator : IValidateOptions<RabbitMqOptions>
{
    public ValidateOptionsResult Validate(string? name, RabbitMqOptions options)
    {
        var problems = new List<string>();
        if (options.Uri is not { IsAbsoluteUri: true } || options.Uri.Scheme is not ("amqp" or "amqps"))
            problems.Add($"Uri {ShownSetting.Address(options.Uri)}: amqp://user:password@host:port/vhost, or amqps for TLS.");
        else
        {
            CheckUri(options.Uri, problems);
            BrokerLogin.Check(options, problems);
            foreach (var host in options.Hosts.Where(host => !BrokerHosts.TryParse(host, options.Uri.Port, out _)))
                problems.Add($"Hosts {ShownSetting.Value("Hosts", host ?? string.Empty)}: a host, or host:port; user, password and virtual host are those of Uri.");
            TlsRules.Check(options, problems);
        }

        if (options.Management is { } management && (!management.IsAbsoluteUri || management.Scheme is not ("http" or "https") || management.Query.Length + management.Fragment.Length > 0))
            problems.Add($"Management {ShownSetting.Address(management)}: http://host:15672, or https; a user of its own may be in it.");
        if (!Prefix().IsMatch(options.Prefix ?? string.Empty))
            problems.Add($"Prefix {ShownSetting.Value("Prefix", options.Prefix ?? string.Empty)}: 1 to 32 letters, digits, '-' and '_' are allowed.");
        if (!Enum.IsDefined(options.HandlerQueueType))
            problems.Add($"HandlerQueueType {options.HandlerQueueType}: one of {string.Join(", ", Enum.GetNames<HandlerQueueType>())}.");
        CheckRange(problems, nameof(options.HandlerQueueMaxLength), options.HandlerQueueMaxLength, 1, int.MaxValue);
        CheckRange(problems, nameof(options.HandlerPrefetch), options.HandlerPrefetch, (ushort)1, ushort.MaxValue);
        CheckRange(problems, nameof(options.MaxUnsentBytes), options.MaxUnsentBytes, 1024 * 1024, long.MaxValue);
        CheckRange(problems, nameof(options.InboxMaxBytes), options.InboxMaxBytes, 1024 * 1024, long.MaxValue);
        CheckRange(problems, nameof(options.FramesInFlight), options.FramesInFlight, 1, 1000);
        CheckRange(problems, nameof(options.Heartbeat), options.Heartbeat, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        CheckRange(problems, nameof(options.OperationTimeout), options.OperationTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        CheckRange(problems, nameof(options.MaxReconnectDelay), options.MaxReconnectDelay, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1));
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    // What the client's own parser refuses, or takes for something else than was meant.
    private static void CheckUri(Uri uri, List<string> problems)
    {
        if (uri.Host.Length == 0)
            problems.Add($"Uri {ShownSetting.Address(uri)}: it names no host; amqp://user:password@host:port/vhost is allowed.");
        if (uri.UserInfo.Count(static letter => letter == ':') > 1 || $"{uri.AbsolutePath}{uri.Query}{uri.Fragment}".Contains('@', StringComparison.Ordinal))
            problems.Add("Uri (not shown: it may hold a secret): user and password cannot be told apart from the rest; in them : is written %3A, @ %40, / %2F, ? %3F and # %23.");
        else if (uri.AbsolutePath.LastIndexOf('/') > 0)
            problems.Add($"Uri {ShownSetting.Address(uri)}: '{uri.AbsolutePath}' is not one virtual host; a / in its name is written %2F, as in amqp://user:password@host:port/a%2Fb.");
    }

    private static void CheckRange<T>(List<string> problems, string key, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            problems.Add($"{key} {value}: from {least} to {most}.");
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,32}\\z")]
    private static partial Regex Prefix();
}
