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

    private const string Send = "send";
    private const string Process = "process";

    private static readonly ActivitySource Source = new(Name);

    private readonly Meter _meter = new(Name);
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _late;
    private readonly Counter<long> _badInput;
    private readonly Counter<long> _undelivered;
    private readonly Histogram<int> _frameMessages;
    private readonly Counter<long> _filterRequests;
    private readonly Counter<long> _authentications;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _projectMessages;
    private readonly Counter<long> _projectFailures;
    private readonly Counter<long> _lostEvents;
    private readonly Counter<long> _expired;
    private long _lateCount;

    public Telemetry()
    {
        _duration = _meter.CreateHistogram<double>(
            "messaging.client.operation.duration", "s", "Time from sending a request to its outcome.");
        _late = _meter.CreateCounter<long>(
            "rabbitbridge.responses.late", "{response}", "Responses that came when nobody waited any more.");
        _expired = _meter.CreateCounter<long>(
            "rabbitbridge.requests.expired", "{request}", "Requests that came, or whose turn came, when their time was over, and that were not handled.");
        _badInput = _meter.CreateCounter<long>(
            "rabbitbridge.input.malformed", "{message}", "Messages from the broker, and frames and properties of remote clients, that could not be read or were forged, by kind.");
        _undelivered = _meter.CreateCounter<long>(
            "rabbitbridge.responses.undelivered", "{response}", "Responses whose requester was gone or refused them.");
        _filterRequests = _meter.CreateCounter<long>(
            "rabbitbridge.filter.requests", "{request}", "Filter requests of other gateways that reached this one.");
        _authentications = _meter.CreateCounter<long>(
            "rabbitbridge.authentications", "{client}", "Clients that wanted to open a session, by outcome: allowed, denied, or failed in an authenticator.");
        _refusals = _meter.CreateCounter<long>(
            "rabbitbridge.remote.refusals", "{refusal}", "What was refused to remote clients, by reason.");
        _projectMessages = _meter.CreateCounter<long>(
            "rabbitbridge.project.messages", "{message}", "Project messages at each system that they were selected for, by status.");
        _projectFailures = _meter.CreateCounter<long>(
            "rabbitbridge.project.failures", "{message}", "Project messages whose handler failed or took too long, by kind.");
        _lostEvents = _meter.CreateCounter<long>(
            "rabbitbridge.events.lost", "{event}", "Mirrored events that the broker did not take.");
        _frameMessages = _meter.CreateHistogram<int>(
            "rabbitbridge.frame.messages", "{message}", "Messages in each frame that was sent to a gateway.");
    }

    public Meter Meter => _meter;

    /// <summary>Has the consumers of services measured whenever somebody looks.</summary>
    public void ObserveServices(Func<IEnumerable<(MessagePath Path, int? Consumers)>> services) => _meter.CreateObservableGauge(
        "rabbitbridge.service.consumers",
        () => services().Where(service => service.Consumers is not null)
            .Select(service => new Measurement<int>(service.Consumers!.Value, new KeyValuePair<string, object?>("rabbitbridge.path", service.Path.ToString()))),
        "{consumer}",
        "Consumers of the queues of existing services, by path.");

    /// <summary>Has the branches counted whose handler queues cannot be consumed.</summary>
    public void ObserveBranchProblems(Func<int> count) => _meter.CreateObservableGauge(
        "rabbitbridge.branch.problems", count, "{branch}", "Branches of this gateway that plain AMQP clients do not reach it by, since their queues cannot be consumed.");

    public long LateResponses => Interlocked.Read(ref _lateCount);

    /// <summary>Starts the span of a request that this process sends, in whatever span its sender is in.</summary>
    public static Activity? StartSend(MessagePath path, SessionId sender)
    {
        if (!Source.HasListeners())
            return null;
        var outer = Activity.Current;
        return BesideCaller(Source.StartActivity(Send, ActivityKind.Client), outer, path.Value, sender);
    }

    /// <summary>Starts the span of a request that a remote client sends.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="sender">The client's session.</param>
    /// <param name="traceParent">The client's trace context.</param>
    public static Activity? StartRemoteSend(MessagePath path, SessionId sender, string? traceParent)
    {
        if (!Source.HasListeners())
            return null;
        var outer = Activity.Current;
        return BesideCaller(StartWithin(traceParent, Send, ActivityKind.Client), outer, path.Value, sender);
    }

    /// <summary>Starts the span in which a request is handled, or handed to the client that handles it.</summary>
    public static Activity? StartProcess(in RequestEnvelope request)
    {
        if (!Source.HasListeners())
            return null;
        var outer = Activity.Current;
        var activity = StartWithin(request.TraceParent, Process, ActivityKind.Server);
        if (activity is null)
            Restore(outer);
        return Describe(activity, Process, request.Path.Value);
    }

    /// <summary>Starts the span of a project message, or of a request to a gateway's message handler.</summary>
    /// <param name="project">The project.</param>
    /// <param name="messageHandler">The handler's name.</param>
    /// <param name="sender">The sender's session.</param>
    /// <param name="isRequest">Whether it is answered.</param>
    /// <param name="traceParent">The trace context of a remote client; <see langword="null"/> for that of the caller.</param>
    public static Activity? StartProjectSend(string project, string messageHandler, SessionId sender, bool isRequest, string? traceParent)
    {
        if (!Source.HasListeners())
            return null;
        var outer = Activity.Current;
        var kind = isRequest ? ActivityKind.Client : ActivityKind.Producer;
        var activity = traceParent is null ? Source.StartActivity(Send, kind) : StartWithin(traceParent, Send, kind);
        return BesideCaller(activity, outer, ProjectDestination(project, messageHandler), sender);
    }

    /// <summary>Starts the span in which a message handler runs.</summary>
    public static Activity? StartProjectProcess(ProjectMessage message, bool isRequest) => Source.HasListeners()
        ? Describe(
            StartWithin(message.TraceParent, Process, isRequest ? ActivityKind.Server : ActivityKind.Consumer),
            Process,
            ProjectDestination(message.Project, message.MessageHandler))
        : null;

    /// <summary>Ends the span of what a sender has sent, on whatever thread.</summary>
    public static void EndSend(Activity? activity, string? error)
    {
        if (activity is null)
            return;
        Fail(activity, error);
        // The thread that ends a call is another one than its caller's, and has a span of its own or none.
        var outer = Activity.Current;
        activity.Stop();
        Restore(outer);
    }

    /// <summary>Ends the span of what a sender has sent together with that.</summary>
    /// <param name="activity">The span, if there is one.</param>
    /// <param name="sending">What ends it.</param>
    /// <param name="error">The error that an outcome is, or <see langword="null"/>.</param>
    public static Task<T> EndWithAsync<T>(Activity? activity, Task<T> sending, Func<T, string?>? error = null) =>
        activity is null ? sending : EndWhenDoneAsync(activity, sending, error);

    /// <summary>Has a span tell of an error, if there is one.</summary>
    public static void Fail(Activity? activity, string? error)
    {
        if (error is not null)
            activity?.SetStatus(ActivityStatusCode.Error, error).SetTag("error.type", error);
    }

    /// <summary>Has a span be the current one again, if another one is.</summary>
    public static void Restore(Activity? outer)
    {
        if (Activity.Current != outer)
            Activity.Current = outer;
    }

    public CallMeasurement StartCall() => new(_duration.Enabled ? _duration : null);

    public void LateResponse()
    {
        Interlocked.Increment(ref _lateCount);
        _late.Add(1);
    }

    public void ExpiredRequest() => _expired.Add(1);

    public void FilterRequestReceived() => _filterRequests.Add(1);

    public void FrameSent(int messages) => _frameMessages.Record(messages);

    public void UndeliveredResponses(int count) => _undelivered.Add(count);

    public void BadInput(string kind) => _badInput.Add(1, new KeyValuePair<string, object?>("rabbitbridge.input.kind", kind));

    public void Authenticated(string outcome) => _authentications.Add(1, new KeyValuePair<string, object?>("rabbitbridge.authentication.outcome", outcome));

    /// <param name="reason">One of <see cref="RefusalReason"/>.</param>
    /// <param name="count">How often.</param>
    public void Refused(string reason, int count = 1) => _refusals.Add(count, new KeyValuePair<string, object?>("rabbitbridge.refusal.reason", reason));

    public void ProjectMessage(SendStatus status) =>
        _projectMessages.Add(1, new KeyValuePair<string, object?>("rabbitbridge.project.status", MessageReceipt.NameOf(status)));

    public void EventLost() => _lostEvents.Add(1);

    public void ProjectHandlerFailed(string kind) => _projectFailures.Add(1, new KeyValuePair<string, object?>("rabbitbridge.project.failure", kind));

    public void Dispose() => _meter.Dispose();

    private static async Task<T> EndWhenDoneAsync<T>(Activity activity, Task<T> sending, Func<T, string?>? error)
    {
        string? problem = null;
        try
        {
            var outcome = await sending.ConfigureAwait(false);
            problem = error?.Invoke(outcome);
            return outcome;
        }
        catch (Exception exception)
        {
            problem = exception is MessagingException known ? known.Reason.ToString() : exception is OperationCanceledException ? "Cancelled" : exception.GetType().FullName;
            throw;
        }
        finally
        {
            EndSend(activity, problem);
        }
    }

    private static string ProjectDestination(string project, string messageHandler) => $"{project}/{messageHandler}";

    private static Activity? StartWithin(string? traceParent, string name, ActivityKind kind)
    {
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent);
        // What is current here, such as the span of the connection on which a request came, is not the sender's; a request without a trace begins one.
        Activity.Current = null;
        return Source.StartActivity(name, kind, parent);
    }

    private static Activity? BesideCaller(Activity? activity, Activity? outer, string destination, SessionId sender)
    {
        // The sender goes on while the request is under way: what it does next is not part of it.
        Restore(outer);
        Describe(activity, Send, destination)?.SetTag("rabbitbridge.session.id", sender.ToString());
        return activity;
    }

    private static Activity? Describe(Activity? activity, string operation, string destination) => activity?
        .SetTag("messaging.system", "rabbitmq")
        .SetTag("messaging.operation.name", operation)
        .SetTag("messaging.operation.type", operation)
        .SetTag("messaging.destination.name", destination);
}
