using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace RabbitBridge;

/// <summary>
/// The spans and measurements that OpenTelemetry's messaging conventions (1.37) have, for gateways and clients alike: what is sent is a <c>send</c>, what is handled a
/// <c>process</c>.
/// </summary>
internal sealed class MessagingTelemetry
{
    private const string Send = "send";
    private const string Process = "process";
    private const string Message = "{message}";

    // The conventions' own; the SDK's are meant for milliseconds.
    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] };

    private readonly ActivitySource _source;
    private readonly Action<Exception> _failed;
    private readonly Histogram<double> _sendDuration;
    private readonly Histogram<double> _processDuration;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _consumed;

    /// <param name="source">Makes the spans.</param>
    /// <param name="meter">Measures.</param>
    /// <param name="failed">Hears what the application's listeners throw, which harms no message.</param>
    public MessagingTelemetry(ActivitySource source, Meter meter, Action<Exception> failed)
    {
        (_source, _failed) = (source, failed);
        _sendDuration = meter.CreateHistogram("messaging.client.operation.duration", "s", "Time from sending a request or message to its outcome.", tags: null, Seconds);
        _processDuration = meter.CreateHistogram("messaging.process.duration", "s", "Time from calling a handler to its answer.", tags: null, Seconds);
        _sent = meter.CreateCounter<long>("messaging.client.sent.messages", Message, "Requests and messages that were sent, or should have been.");
        _consumed = meter.CreateCounter<long>("messaging.client.consumed.messages", Message, "Requests and messages for which a handler was called.");
    }

    private bool AreSendsWatched => _source.HasListeners() || _sendDuration.Enabled || _sent.Enabled;

    private bool AreProcessesWatched => _source.HasListeners() || _processDuration.Enabled || _consumed.Enabled;

    /// <summary>Starts a request or message, in whatever span its sender is in, which stays the current one: what the sender does next is not part of it.</summary>
    /// <param name="server">What carries it.</param>
    /// <param name="target">One of <see cref="SendTarget"/>.</param>
    /// <param name="destination">Its path, or the project and the name of its handler.</param>
    /// <param name="sender">The sender's session.</param>
    /// <returns><see langword="null"/> if nobody watches.</returns>
    public MessagingOperation? StartSend(MessagingServer server, string target, string destination, SessionId sender)
    {
        if (!AreSendsWatched)
            return null;
        return Begin(server, target, destination, sender, parent: null);
    }

    /// <summary>Starts what a remote client sends: in its client's span, and in none of this process, such as that of the connection.</summary>
    /// <param name="server">What carries it.</param>
    /// <param name="target">One of <see cref="SendTarget"/>.</param>
    /// <param name="destination">Its path, or the project and the name of its handler.</param>
    /// <param name="sender">The sender's session.</param>
    /// <param name="traceParent">The client's trace context; without one it begins a trace.</param>
    /// <returns><see langword="null"/> if nobody watches.</returns>
    public MessagingOperation? StartRemoteSend(MessagingServer server, string target, string destination, SessionId sender, string? traceParent)
    {
        if (!AreSendsWatched)
            return null;
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent);
        return Begin(server, target, destination, sender, parent);
    }

    /// <summary>Starts a project message, or a request to a gateway's message handler.</summary>
    /// <param name="server">What carries it.</param>
    /// <param name="project">The project.</param>
    /// <param name="messageHandler">The handler's name.</param>
    /// <param name="sender">The sender's session.</param>
    /// <returns><see langword="null"/> if nobody watches.</returns>
    public MessagingOperation? StartProjectSend(MessagingServer server, string project, string messageHandler, SessionId sender)
    {
        if (!AreSendsWatched)
            return null;
        return StartSend(server, SendTarget.Project, Destination(project, messageHandler), sender);
    }

    /// <summary>Starts the same of a remote client.</summary>
    /// <param name="server">What carries it.</param>
    /// <param name="project">The project.</param>
    /// <param name="messageHandler">The handler's name.</param>
    /// <param name="sender">The sender's session.</param>
    /// <param name="traceParent">The client's trace context; without one it begins a trace.</param>
    /// <returns><see langword="null"/> if nobody watches.</returns>
    public MessagingOperation? StartRemoteProjectSend(MessagingServer server, string project, string messageHandler, SessionId sender, string? traceParent)
    {
        if (!AreSendsWatched)
            return null;
        return StartRemoteSend(server, SendTarget.Project, Destination(project, messageHandler), sender, traceParent);
    }

    /// <summary>Starts what a handler does, in the span that it was sent in. Its span is then the current one.</summary>
    /// <param name="server">What has carried it.</param>
    /// <param name="destination">Its path, or the project and the name of its handler.</param>
    /// <param name="branch">The branch that the handler has, of which there are only so many; <see langword="null"/> where it has none.</param>
    /// <param name="traceParent">The sender's trace context; without one it begins a trace.</param>
    /// <returns><see langword="null"/> if nobody watches.</returns>
    public MessagingOperation? StartProcess(MessagingServer server, string destination, string? branch, string? traceParent)
    {
        if (!AreProcessesWatched)
            return null;
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent);
        Activity? span = null;
        try
        {
            var tags = Tags(server, target: null, branch);
            _consumed.Add(1, tags);
            if (_source.HasListeners())
                span = StartSpan(ActivityKind.Consumer, $"{Process} {branch ?? destination}", parent, [.. tags, new("messaging.destination.name", destination)]);
        }
#pragma warning disable CA1031 // Whatever a listener throws, the request is handled.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failed(exception);
        }

        return new MessagingOperation(this, server, target: null, branch, span);
    }

    /// <summary>Starts what a message handler does.</summary>
    /// <returns><see langword="null"/> if nobody watches.</returns>
    public MessagingOperation? StartProjectProcess(MessagingServer server, ProjectMessage message)
    {
        if (!AreProcessesWatched)
            return null;
        // Who is registered under a name has no branch, but there are only so many of these, too.
        var destination = Destination(message.Project, message.MessageHandler);
        return StartProcess(server, destination, destination, message.TraceParent);
    }

    /// <summary>Measures what has ended.</summary>
    public void Ended(MessagingOperation operation, TimeSpan duration, string? error)
    {
        var isSend = operation.Target is not null;
        var durations = isSend ? _sendDuration : _processDuration;
        if (!durations.Enabled && !(isSend && _sent.Enabled))
            return;
        var tags = Tags(operation.Server, operation.Target, operation.Branch);
        if (error is not null)
            tags.Add("error.type", error);
        durations.Record(duration.TotalSeconds, tags);
        if (isSend)
            _sent.Add(1, tags);
    }

    /// <summary>Does what calls listeners; what they throw goes no further.</summary>
    public void Guard<TState>(Action<TState> action, TState state)
    {
        try
        {
            action(state);
        }
#pragma warning disable CA1031 // Whatever a listener throws concerns no message.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failed(exception);
        }
    }

    /// <summary>The same, and changes nothing around it: what is the current span stays so, be it one that has ended, which .NET does not let anybody restore.</summary>
    public void GuardAside<TState>(Action<TState> action, TState state)
    {
        // None where the application has suppressed its flow.
        if (ExecutionContext.Capture() is not { } context)
        {
            var outer = Activity.Current;
            Guard(action, state);
            Activity.Current = outer is { IsStopped: true } ? null : outer;
            return;
        }

        ExecutionContext.Run(
            context,
            static boxed =>
            {
                var (self, action, state) = ((MessagingTelemetry, Action<TState>, TState))boxed!;
                self.Guard(action, state);
            },
            (this, action, state));
    }

    private MessagingOperation Begin(MessagingServer server, string target, string destination, SessionId sender, ActivityContext? parent) =>
        new(this, server, target, branch: null, _source.HasListeners() ? StartSendSpan(server, target, destination, sender, parent) : null);

    // Without a parent it is in whatever span its sender is in.
    private Activity? StartSendSpan(MessagingServer server, string target, string destination, SessionId sender, ActivityContext? parent)
    {
        Activity? span = null;
        GuardAside(
            self =>
            {
                KeyValuePair<string, object?>[] tags =
                [
                    .. Tags(server, target, branch: null),
                    new("messaging.destination.name", destination),
                    new("rabbitbridge.session.id", sender.ToString()),
                ];
                span = parent is { } elsewhere
                    ? self.StartSpan(ActivityKind.Producer, $"{Send} {destination}", elsewhere, tags)
                    : self._source.StartActivity(ActivityKind.Producer, tags: tags, name: $"{Send} {destination}");
            },
            this);
        return span;
    }

    private static string Destination(string project, string messageHandler) => $"{project}/{messageHandler}";

    private Activity? StartSpan(ActivityKind kind, string name, ActivityContext parent, KeyValuePair<string, object?>[] tags)
    {
        // Else what is current would be the parent of what has none.
        Activity.Current = null;
        return _source.StartActivity(kind, parent, tags, name: name);
    }

    // Eight at most, together with the error: more than that a TagList does not hold without an array.
    private static TagList Tags(MessagingServer server, string? target, string? branch)
    {
        var operation = target is null ? Process : Send;
        var tags = new TagList { { "messaging.system", server.System }, { "messaging.operation.name", operation }, { "messaging.operation.type", operation } };
        if (server.Address is { } address)
        {
            tags.Add("server.address", address);
            tags.Add("server.port", server.Port);
        }

        if (target is not null)
            tags.Add("rabbitbridge.send.target", target);
        if (branch is not null)
            tags.Add("messaging.destination.template", branch);
        return tags;
    }
}
