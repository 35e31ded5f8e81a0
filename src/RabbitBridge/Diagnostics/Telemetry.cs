using System.Diagnostics;
using System.Diagnostics.Metrics;
using RabbitBridge.Fabric;

namespace RabbitBridge.Diagnostics;

/// <summary>
/// The measurements and spans of RabbitBridge, named by OpenTelemetry's messaging conventions where these have a name.
/// </summary>
internal sealed class Telemetry : IDisposable
{
    public const string Name = "RabbitBridge";

    private static readonly ActivitySource Source = new(Name);

    private readonly Meter _meter = new(Name);
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _late;
    private readonly Counter<long> _badInput;
    private readonly Counter<long> _undelivered;
    private readonly Histogram<int> _frameMessages;
    private readonly Counter<long> _filterRequests;
    private readonly Counter<long> _authentications;
    private long _lateCount;

    public Telemetry()
    {
        _duration = _meter.CreateHistogram<double>(
            "messaging.client.operation.duration", "s", "Time from sending a request to its outcome.");
        _late = _meter.CreateCounter<long>(
            "rabbitbridge.responses.late", "{response}", "Responses that came when nobody waited any more.");
        _badInput = _meter.CreateCounter<long>(
            "rabbitbridge.input.malformed", "{message}", "Messages from the broker that could not be read, by kind.");
        _undelivered = _meter.CreateCounter<long>(
            "rabbitbridge.responses.undelivered", "{response}", "Responses whose requester was gone or refused them.");
        _filterRequests = _meter.CreateCounter<long>(
            "rabbitbridge.filter.requests", "{request}", "Filter requests of other gateways that reached this one.");
        _authentications = _meter.CreateCounter<long>(
            "rabbitbridge.authentications", "{client}", "Clients that wanted to open a session, by outcome: allowed, denied, or failed in an authenticator.");
        _frameMessages = _meter.CreateHistogram<int>(
            "rabbitbridge.frame.messages", "{message}", "Messages in each frame that was sent to a gateway.");
    }

    public long LateResponses => Interlocked.Read(ref _lateCount);

    public static Activity? StartSend(MessagePath path, SessionId sender, string? parent = null)
    {
        if (!Source.HasListeners())
            return null;
        var activity = ActivityContext.TryParse(parent, null, isRemote: true, out var context)
            ? Source.StartActivity("send", ActivityKind.Client, context)
            : Source.StartActivity("send", ActivityKind.Client);
        activity?.SetTag("messaging.system", "rabbitmq");
        activity?.SetTag("messaging.operation.name", "send");
        activity?.SetTag("messaging.destination.name", path.Value);
        activity?.SetTag("rabbitbridge.session.id", sender.ToString());
        return activity;
    }

    public static Activity? StartProcess(in RequestEnvelope request)
    {
        if (!Source.HasListeners())
            return null;
        ActivityContext.TryParse(request.TraceParent, null, isRemote: true, out var parent);
        var activity = Source.StartActivity("process", ActivityKind.Server, parent);
        activity?.SetTag("messaging.system", "rabbitmq");
        activity?.SetTag("messaging.operation.name", "process");
        activity?.SetTag("messaging.destination.name", request.Path.Value);
        return activity;
    }

    public CallMeasurement StartCall() => new(_duration.Enabled ? _duration : null);

    public void LateResponse()
    {
        Interlocked.Increment(ref _lateCount);
        _late.Add(1);
    }

    public void FilterRequestReceived() => _filterRequests.Add(1);

    public void FrameSent(int messages) => _frameMessages.Record(messages);

    public void UndeliveredResponses(int count) => _undelivered.Add(count);

    public void BadInput(string kind) => _badInput.Add(1, new KeyValuePair<string, object?>("rabbitbridge.input.kind", kind));

    public void Authenticated(string outcome) => _authentications.Add(1, new KeyValuePair<string, object?>("rabbitbridge.authentication.outcome", outcome));

    public void Dispose() => _meter.Dispose();
}
