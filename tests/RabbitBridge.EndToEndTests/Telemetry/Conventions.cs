using System.Text.RegularExpressions;

namespace RabbitBridge.EndToEndTests.Telemetry;

/// <summary>What OpenTelemetry's messaging conventions demand of spans and metrics.</summary>
internal static partial class Conventions
{
    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    // Those of the namespaces that are not RabbitBridge's own.
    private static readonly HashSet<string> Known =
    [
        "error.type", "messaging.system", "messaging.operation.name", "messaging.operation.type", "messaging.destination.name", "messaging.destination.template",
        "messaging.rabbitmq.destination.routing_key", "server.address", "server.port",
    ];

    private static readonly Dictionary<string, (string Kind, string Unit)> MessagingMetrics = new(StringComparer.Ordinal)
    {
        ["messaging.client.operation.duration"] = ("histogram", "s"),
        ["messaging.process.duration"] = ("histogram", "s"),
        ["messaging.client.sent.messages"] = ("sum", "{message}"),
        ["messaging.client.consumed.messages"] = ("sum", "{message}"),
    };

    public static IEnumerable<string> Breaches(ExportedSpan span)
    {
        var (operation, destination) = (span.Text("messaging.operation.name"), span.Text("messaging.destination.name"));
        if (operation is not ("send" or "process") || span.Text("messaging.operation.type") != operation)
            yield return $"operation name and type: {span}";
        // A producer's whose context is the message's, a consumer's who is called.
        if (span.Kind != (operation == "send" ? 4UL : 5UL))
            yield return $"kind {span.Kind}: {span}";
        if (string.IsNullOrEmpty(destination) || span.Name != $"{operation} {span.Text("messaging.destination.template") ?? destination}")
            yield return $"name: {span}";
        if (span.Text("messaging.system") is not ("rabbitmq" or "rabbitbridge"))
            yield return $"messaging.system: {span}";
        if (string.IsNullOrEmpty(span.Text("server.address")) || span.Attributes.GetValueOrDefault("server.port") is not > 0L)
            yield return $"server: {span}";
        if (span.Status == 2 != span.Attributes.ContainsKey("error.type"))
            yield return $"error.type and status {span.Status}: {span}";
        if (span.Text("rabbitbridge.send.target") is not (null or "path" or "session" or "filter" or "project"))
            yield return $"target: {span}";
        if (span.End < span.Start)
            yield return $"times: {span}";
        foreach (var key in span.Attributes.Keys.Where(static key => !IsAttribute(key)))
            yield return $"attribute {key}: {span}";
    }

    public static IEnumerable<string> Breaches(ExportedMetric metric)
    {
        if (!Name().IsMatch(metric.Name) || metric.Name.EndsWith("_total", StringComparison.Ordinal) || metric.Name.EndsWith(".total", StringComparison.Ordinal))
            yield return $"name: {metric.Name}";
        if (metric.Description.Length == 0 || !Unit().IsMatch(metric.Unit))
            yield return $"description or unit: {metric}";
        foreach (var key in metric.Points.SelectMany(static point => point.Keys).Distinct().Where(static key => !IsAttribute(key)))
            yield return $"attribute {key}: {metric}";
        if (!metric.Name.StartsWith("messaging.", StringComparison.Ordinal))
        {
            if (!metric.Name.StartsWith("rabbitbridge.", StringComparison.Ordinal))
                yield return $"namespace: {metric}";
            yield break;
        }

        if (!MessagingMetrics.TryGetValue(metric.Name, out var known) || known != (metric.Kind, metric.Unit))
            yield return $"kind or unit: {metric}";
        if (metric.Kind == "histogram" && !metric.Bounds.SequenceEqual(Seconds))
            yield return $"bounds {string.Join(", ", metric.Bounds)}: {metric}";
        foreach (var point in metric.Points)
        {
            if (!point.ContainsKey("messaging.system") || !point.ContainsKey("messaging.operation.name"))
                yield return $"required attributes: {metric}";
            // Of these there may be any number.
            if (point.ContainsKey("messaging.destination.name") || point.ContainsKey("rabbitbridge.session.id"))
                yield return $"cardinality: {metric}";
        }
    }

    private static bool IsAttribute(string key) => key.StartsWith("rabbitbridge.", StringComparison.Ordinal) ? Name().IsMatch(key) : Known.Contains(key);

    [GeneratedRegex(@"^[a-z][a-z0-9]*(\.[a-z][a-z0-9_]*)+$")]
    private static partial Regex Name();

    [GeneratedRegex(@"^(s|By|1|\{[a-z_]+\})$")]
    private static partial Regex Unit();
}
