using System.Text.RegularExpressions;

namespace RabbitBridge.EndToEndTests.Telemetry;

/// <summary>What is exported of a run of the demo: each request is one trace, from whoever sends it through the gateways to its handler.</summary>
internal static partial class DemoTelemetry
{
    // In nanoseconds: what a gateway that is killed has in hand when it exports the last time.
    private const ulong Margin = 500_000_000;

    public static void Check(OtlpReceiver received)
    {
        var spans = received.Spans.Where(static span => IsOurs(span.Scope)).ToArray();
        Assert.Empty(spans.SelectMany(Conventions.Breaches).Take(10));
        var metrics = received.Metrics.Where(static metric => IsOurs(metric.Scope)).ToArray();
        Assert.Empty(metrics.SelectMany(Conventions.Breaches).Distinct().Take(10));

        CheckSenders(spans);
        CheckWays(spans);
        CheckMetrics(metrics);
    }

    private static bool IsOurs(string scope) => scope.StartsWith("RabbitBridge", StringComparison.Ordinal) || scope == "rabbitbridge";

    private static void CheckSenders(ExportedSpan[] spans)
    {
        // Over RabbitMQ that is what carries messages; a client knows of its gateway only.
        Assert.All(spans.Where(static span => span.Scope == "RabbitBridge"), static span => Assert.Equal("rabbitmq", span.Text("messaging.system")));
        Assert.All(spans.Where(static span => span.Scope is "RabbitBridge.Client" or "rabbitbridge"), static span => Assert.Equal("rabbitbridge", span.Text("messaging.system")));
    }

    private static void CheckWays(ExportedSpan[] spans)
    {
        // Both are killed: north under load, and south when the demo is over.
        var (northLeft, southLeft) = (LastOf(" north") - Margin, LastOf(" south") - Margin);
        // The demo's own session asks Node, before and after, and nothing else does it in .NET.
        var asked = spans.Where(static span => span is { Scope: "RabbitBridge.Client", Name: "send demo/node" }).OrderBy(static span => span.Start).ToArray();
        var after = asked.First(span => !Equals(span.Attributes["server.port"], asked[0].Attributes["server.port"])).Start;
        var all = new Traces(spans).All.ToArray();
        var calm = all
            // East, a gateway inside a worker, is killed before it may have exported anything.
            .Where(static trace => trace.Any(static span => span.Instance.StartsWith("rabbitbridge-gateway ", StringComparison.Ordinal)))
            .Where(trace => trace.All(span => span.End < northLeft || (span.Start >= after && span.End < southLeft)))
            .ToArray();
        Assert.DoesNotContain(calm.SelectMany(static trace => Traces.Ways(trace, Instance)), static way => way.Contains('?', StringComparison.Ordinal));
        // Those that are answered have come to a handler.
        var unhandled = calm.Where(static trace => trace.All(static span => span.Status != 2)).SelectMany(static trace => Traces.Ways(trace, Instance))
            .Where(static way => !way.Split(" > ")[^1].StartsWith("process ", StringComparison.Ordinal));
        Assert.Empty(unhandled.Distinct());

        var ways = all.SelectMany(static trace => Traces.Ways(trace, Instance)).Select(static way => DemoPrefix().Replace(way, "PREFIX")).ToHashSet(StringComparer.Ordinal);
        string[] expected =
        [
            // .NET, JavaScript and plain AMQP, each as who asks and as who is asked, through one gateway and through two. Chromium has no spans of its own.
            "send demo/node (demo) > send demo/node (north) > process demo/node (south) > process demo/node (node)",
            "send demo/browser (demo) > send demo/browser (north) > process demo/browser (north)",
            "send demo/dotnet (node) > send demo/dotnet (south) > process demo/dotnet (north) > process demo/dotnet (demo)",
            "send demo/browser (node) > send demo/browser (south) > process demo/browser (north)",
            "send demo/dotnet (north) > process demo/dotnet (north) > process demo/dotnet (demo)",
            "send demo/node (north) > process demo/node (south) > process demo/node (node)",
            "send PREFIX.request:demo.dotnet (demo) > process demo/dotnet (north) > process demo/dotnet (demo)",
            "send PREFIX.request:demo.node (demo) > process demo/node (south) > process demo/node (node)",
            "send PREFIX.request:demo.browser (demo) > process demo/browser (north)",
            // By a filter.
            "send demo/all (demo) > send demo/all (north) > process demo/all (north) > process demo/all (demo)",
            "send demo/all (demo) > send demo/all (north) > process demo/all (north)",
            "send demo/all (demo) > send demo/all (north) > process demo/all (south) > process demo/all (node)",
            // After north was killed.
            "send demo/node (demo) > send demo/node (south) > process demo/node (south) > process demo/node (node)",
            "send demo/dotnet (node) > send demo/dotnet (south) > process demo/dotnet (south) > process demo/dotnet (demo)",
            // West, after east was killed.
            "send a/b/x (demo) > process a (demo)",
            "send orders/42 (demo)",
        ];
        Assert.All(expected, way => Assert.Contains(way, ways));

        ulong LastOf(string gateway) => spans.Where(span => span.Instance.EndsWith(gateway, StringComparison.Ordinal)).Max(static span => span.End);
    }

    private static void CheckMetrics(ExportedMetric[] metrics)
    {
        string[] expected =
        [
            "messaging.client.consumed.messages", "messaging.client.operation.duration", "messaging.client.sent.messages", "messaging.process.duration",
            "rabbitbridge.connection.epochs", "rabbitbridge.connection.status", "rabbitbridge.gateways", "rabbitbridge.handlers", "rabbitbridge.remote.waiting",
            "rabbitbridge.requests.pending", "rabbitbridge.send.waiting", "rabbitbridge.sessions",
        ];
        foreach (var gateway in new[] { "north", "south" })
        {
            var exported = metrics.Where(metric => (string?)metric.Resource.GetValueOrDefault("service.instance.id") == gateway).Select(static metric => metric.Name);
            Assert.Empty(expected.Except(exported));
        }
    }

    [GeneratedRegex(@"demo-[0-9a-f]+-remote")]
    private static partial Regex DemoPrefix();

    // The demo itself and its workers have numbers that they have drawn.
    private static string Instance(ExportedSpan span) => span.Instance.Split(' ') switch
    {
        ["rabbitbridge", _] => "demo",
        [_, var instance] => instance,
        _ => span.Instance,
    };
}
