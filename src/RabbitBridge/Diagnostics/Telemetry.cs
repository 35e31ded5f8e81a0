using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace RabbitBridge.Diagnostics;

/// <summary>
/// The measurements and spans of RabbitBridge, named by OpenTelemetry's messaging conventions where these have a name.
/// </summary>
internal sealed class Telemetry : IDisposable
{
    public const string Name = "RabbitBridge";

    private static readonly string[] ConnectionStates = ["up", "blocked", "down"];

    private static readonly string Version = typeof(Telemetry).Assembly.GetName().Version!.ToString(3);
    private static readonly ActivitySource Source = new(Name, Version);

    private readonly Meter _meter = new(Name, Version);
    private readonly MessagingTelemetry _messaging;
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
    private MessagingServer _server = new(MessagingServer.RabbitBridge);

    /// <param name="logger">Hears what listeners of the application throw.</param>
    public Telemetry(ILogger logger)
    {
        _messaging = new MessagingTelemetry(Source, _meter, exception => Log.ListenerFailed(logger, exception));
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

    /// <summary>What carries messages at the moment.</summary>
    public MessagingServer Server
    {
        get => Volatile.Read(ref _server);
        set => Volatile.Write(ref _server, value);
    }

    /// <summary>Has something measured whenever somebody looks.</summary>
    /// <param name="name">The instrument's name.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="description">What is measured.</param>
    /// <param name="value">Measures it.</param>
    public void Observe(string name, string unit, string description, Func<long> value) => _meter.CreateObservableUpDownCounter(name, value, unit, description);

    /// <summary>Has it told how it stands with the connection to the other gateways.</summary>
    /// <param name="isUp">Whether there is one.</param>
    /// <param name="isBlocked">Whether nothing can be sent over it.</param>
    /// <param name="epochs">How many there have been.</param>
    public void ObserveConnection(Func<bool> isUp, Func<bool> isBlocked, Func<long> epochs)
    {
        _meter.CreateObservableUpDownCounter(
            "rabbitbridge.connection.status",
            () =>
            {
                var present = !isUp() ? "down" : isBlocked() ? "blocked" : "up";
                return ConnectionStates.Select(state => new Measurement<int>(state == present ? 1 : 0, new KeyValuePair<string, object?>("rabbitbridge.connection.state", state)));
            },
            "{connection}",
            "The connection to the broker: 1 for the state that it is in, 0 for the others.");
        _meter.CreateObservableCounter("rabbitbridge.connection.epochs", epochs, "{epoch}", "How often the gateway has connected to the broker.");
    }

    /// <inheritdoc cref="MessagingTelemetry.StartSend"/>
    public MessagingOperation? StartSend(string target, MessagePath path, SessionId sender) => _messaging.StartSend(Server, target, path.Value, sender);

    /// <inheritdoc cref="MessagingTelemetry.StartRemoteSend"/>
    public MessagingOperation? StartRemoteSend(string target, MessagePath path, SessionId sender, string? traceParent) =>
        _messaging.StartRemoteSend(Server, target, path.Value, sender, traceParent);

    /// <inheritdoc cref="MessagingTelemetry.StartProcess"/>
    public MessagingOperation? StartProcess(string path, string? branch, string? traceParent) => _messaging.StartProcess(Server, path, branch, traceParent);

    /// <inheritdoc cref="MessagingTelemetry.StartProjectSend"/>
    public MessagingOperation? StartProjectSend(string project, string messageHandler, SessionId sender) =>
        _messaging.StartProjectSend(Server, project, messageHandler, sender);

    /// <inheritdoc cref="MessagingTelemetry.StartRemoteProjectSend"/>
    public MessagingOperation? StartRemoteProjectSend(string project, string messageHandler, SessionId sender, string? traceParent) =>
        _messaging.StartRemoteProjectSend(Server, project, messageHandler, sender, traceParent);

    /// <inheritdoc cref="MessagingTelemetry.StartProjectProcess"/>
    public MessagingOperation? StartProjectProcess(ProjectMessage message) => _messaging.StartProjectProcess(Server, message);

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
}
