using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace RabbitBridge.EndToEndTests.Telemetry;

/// <summary>Takes what processes export by OTLP over HTTP.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ExportedSpan> _spans = new();
    private readonly ConcurrentQueue<ExportedMetric> _metrics = new();

    private OtlpReceiver(WebApplication app) => _app = app;

    public IReadOnlyCollection<ExportedSpan> Spans => _spans;

    public IReadOnlyCollection<ExportedMetric> Metrics => _metrics;

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(builder.Build());
        receiver._app.MapPost("/v1/traces", request => TakeAsync(request, bytes => Add(receiver._spans, OtlpMessages.ReadSpans(bytes))));
        receiver._app.MapPost("/v1/metrics", request => TakeAsync(request, bytes => Add(receiver._metrics, OtlpMessages.ReadMetrics(bytes))));
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>Has a process, and those that it starts, export here, and often.</summary>
    public void AddTo(IDictionary<string, string?> environment)
    {
        environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.Single();
        environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        var often = 100.ToString(CultureInfo.InvariantCulture);
        environment["OTEL_BSP_SCHEDULE_DELAY"] = often;
        environment["OTEL_METRIC_EXPORT_INTERVAL"] = often;
        // Nothing is to be dropped for want of room.
        environment["OTEL_BSP_MAX_QUEUE_SIZE"] = "1000000";
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void Add<T>(ConcurrentQueue<T> all, IReadOnlyList<T> more)
    {
        foreach (var each in more)
            all.Enqueue(each);
    }

    private static async Task TakeAsync(HttpContext context, Action<byte[]> take)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        take(body.ToArray());
        // An empty answer is the one that says that all was taken.
        context.Response.ContentType = "application/x-protobuf";
    }
}
