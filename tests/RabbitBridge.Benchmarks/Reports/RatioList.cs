using System.Globalization;
using RabbitBridge.Benchmarks.Measuring;
using RabbitBridge.Benchmarks.Scenarios;

namespace RabbitBridge.Benchmarks.Reports;

/// <summary>The proportions that are of interest, with the targets of the issues.</summary>
internal static class RatioList
{
    private const double LocalTarget = 500_000;

    /// <summary>Those whose results are there.</summary>
    public static IReadOnlyList<Ratio> Of(IReadOnlyList<Result> results) =>
    [
        .. Throughput(results, Names.ByPath, "by-path-128-throughput", atLeast: 6),
        .. Latency(results, Names.ByPath, Names.RawFast, "by-path-1-p50", atMost: 1.25),
        .. Latency(results, Names.NoHandler, Names.RawPing, "no-handler-p50", atMost: 2),
        .. Speedup(results, Names.Filter, Names.RawBatch, "filter-10000", atLeast: 20),
        .. Messages(results, Names.Filter, "filter-10000-messages", lessThan: 300),
        .. Local(results, Names.LocalBinary, "local-binary-throughput", isAsked: true),
        .. Local(results, Names.LocalJson, "local-json-throughput", isAsked: false),
        .. Throughput(results, Names.BySession, "by-session-128-throughput", atLeast: null),
        .. Throughput(results, Names.ManyPaths, "many-paths-128-throughput", atLeast: null),
        .. Throughput(results, Names.PublicPlane, "public-plane-128-throughput", atLeast: null),
        .. Throughput(results, Names.PublicPlane, "public-plane-acked-128-throughput", atLeast: 0.7, Names.RawAcked),
        .. Throughput(results, Names.PublicPlane, "public-plane-level-acked-128-throughput", atLeast: 0.9, Names.RawAcked, subjectName: Names.RabbitBridgeLevel),
        .. Throughput(results, Names.PublicPlane, "public-plane-topic-128-throughput", atLeast: null, Names.RawTopic),
        .. Throughput(results, Names.PublicPlane, "public-plane-safe-128-throughput", atLeast: null, Names.RawSafe, subjectName: Names.RabbitBridgeSafe),
        .. Throughput(results, Names.Projects, "projects-128-throughput", atLeast: 5, Names.RawPublish),
        .. Throughput(results, Names.Projects, "projects-8-throughput", atLeast: null, Names.RawPublish, callers: 8),
        .. Throughput(results, Names.Remote, "remote-64-throughput", atLeast: 0.7, Names.SignalREcho, callers: 64),
        .. Throughput(results, Names.Remote, "remote-to-remote-64-throughput", atLeast: null, Names.SignalREcho, callers: 64, Names.RabbitBridgeToRemote),
        .. Latency(results, Names.Remote, Names.SignalREcho, "remote-1-p50", atMost: null),
        .. Memory(results, Names.RemoteSessions, "remote-sessions-megabytes", lessThan: 1536),
        .. Opening(results, Names.RemoteSessions, "remote-sessions-opening-seconds"),
    ];

    private static IEnumerable<Ratio> Throughput(
        IReadOnlyList<Result> results, string scenario, string name, double? atLeast, string twinName = Names.RawFast, int callers = 128,
        string subjectName = Names.RabbitBridge)
    {
        if (Find(results, scenario, subjectName, callers) is not { } subject || Find(results, scenario, twinName, callers) is not { } twin)
            yield break;
        var value = subject.PerSecond / twin.PerSecond;
        yield return new Ratio(name, $"requests/s, {subjectName} / {twinName}", value, Text("≥", atLeast), atLeast is null ? null : value >= atLeast);
    }

    private static IEnumerable<Ratio> Latency(IReadOnlyList<Result> results, string scenario, string twinName, string name, double? atMost)
    {
        if (Find(results, scenario, Names.RabbitBridge, 1) is not { } subject || Find(results, scenario, twinName, 1) is not { } twin)
            yield break;
        var value = subject.P50Microseconds / twin.P50Microseconds;
        yield return new Ratio(name, $"p50, {Names.RabbitBridge} / {twinName}", value, Text("≤", atMost), atMost is null ? null : value <= atMost);
    }

    private static IEnumerable<Ratio> Speedup(IReadOnlyList<Result> results, string scenario, string twinName, string name, double atLeast)
    {
        if (Find(results, scenario, Names.RabbitBridge, 1) is not { } subject || Find(results, scenario, twinName, 1) is not { } twin)
            yield break;
        var value = twin.P50Microseconds / subject.P50Microseconds;
        yield return new Ratio(name, $"p50, {twinName} / {Names.RabbitBridge}", value, Text("≥", atLeast), value >= atLeast);
    }

    private static IEnumerable<Ratio> Messages(IReadOnlyList<Result> results, string scenario, string name, double lessThan)
    {
        if (Find(results, scenario, Names.RabbitBridge, 1)?.Messages is not { } value)
            yield break;
        yield return new Ratio(name, $"AMQP messages a request, {Names.RabbitBridge}", value, Text("<", lessThan), value < lessThan);
    }

    private static IEnumerable<Ratio> Memory(IReadOnlyList<Result> results, string scenario, string name, double lessThan)
    {
        if (results.FirstOrDefault(result => result.Scenario.Name == scenario)?.IdleBytes is not { } bytes)
            yield break;
        var value = bytes / (1024.0 * 1024);
        yield return new Ratio(name, "MiB of the gateway process with all sessions open", value, Text("<", lessThan), value < lessThan);
    }

    private static IEnumerable<Ratio> Opening(IReadOnlyList<Result> results, string scenario, string name)
    {
        if (results.FirstOrDefault(result => result.Scenario.Name == scenario) is not { } subject)
            yield break;
        yield return new Ratio(name, "s to open all sessions", subject.CallerStart.TotalSeconds, Target: null, IsMet: null);
    }

    private static IEnumerable<Ratio> Local(IReadOnlyList<Result> results, string subjectName, string name, bool isAsked)
    {
        if (results.FirstOrDefault(result => result.Subject == subjectName) is not { } subject)
            yield break;
        var value = subject.PerSecond / LocalTarget;
        yield return new Ratio(name, $"requests/s, {subjectName} / {LocalTarget:N0}", value, isAsked ? Text("≥", 1) : null, isAsked ? value >= 1 : null);
    }

    private static Result? Find(IReadOnlyList<Result> results, string scenario, string subject, int callers) =>
        results.FirstOrDefault(result => result.Scenario.Name == scenario && result.Subject == subject && result.Callers == callers);

    private static string? Text(string comparison, double? target) =>
        target is null ? null : string.Create(CultureInfo.InvariantCulture, $"{comparison} {target:0.##}");
}
