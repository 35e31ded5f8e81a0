using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RabbitBridge.Calls;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;
using RabbitBridge.Messages;
using RabbitBridge.Sessions;

namespace RabbitBridge.Remote;

/// <summary>What the client of a remote session asks of the Messages feature. Values stay as they are on the wire.</summary>
internal sealed class RemoteMessages
{
    private readonly Session _session;
    private readonly IRemoteClient _client;
    private readonly RequestSender _sender;
    private readonly HandlerDirectory _directory;
    private readonly ILogger _logger;
    private readonly ClientShare _share;
    private readonly Action<RemoteCall> _ended;
    private readonly ConcurrentDictionary<long, RemoteCall> _calls = new();
    private readonly ConcurrentDictionary<long, RemoteFilterCall> _filterCalls = new();
    private readonly ConcurrentDictionary<MessagePath, RemoteHandler> _handlers = new();

    /// <param name="session">The client's session.</param>
    /// <param name="sender">Sends its requests.</param>
    /// <param name="directory">Where its handlers are registered.</param>
    /// <param name="logger">Where failures go.</param>
    /// <param name="client">Where outcomes and requests go.</param>
    /// <param name="share">What the client may cost.</param>
    public RemoteMessages(Session session, RequestSender sender, HandlerDirectory directory, ILogger logger, IRemoteClient client, ClientShare share)
    {
        (_session, _sender, _directory, _logger, _client, _share) = (session, sender, directory, logger, client, share);
        _ended = Ended;
        session.RemoteStreams = new RemoteReceiver(session, client, logger, sender.Telemetry);
    }

    /// <summary>Sends a request; its outcome goes to the client.</summary>
    /// <param name="id">The client's number for it.</param>
    /// <param name="target">A session, or <see langword="null"/> for whoever handles the path.</param>
    /// <param name="path">The path.</param>
    /// <param name="milliseconds">Its time; 0 for no limit, <see langword="null"/> for the gateway's.</param>
    /// <param name="contentType">What the payload is.</param>
    /// <param name="payload">The request.</param>
    /// <param name="traceParent">The client's trace context.</param>
    /// <exception cref="MessagingException">It cannot be sent.</exception>
    public void Send(long id, SessionId? target, string path, int? milliseconds, string contentType, ReadOnlyMemory<byte> payload, string? traceParent)
    {
        var to = RequestSender.Check(_session, target, path);
        _sender.CheckValue(contentType, payload.Length);
        traceParent = TraceParent.Checked(traceParent);
        var bytes = Charge(payload, path);
        CheckRoom(id, bytes);
        var timeout = Time(milliseconds);
        var call = new RemoteCall(_sender.Calls, _session, _client, id, _ended)
        {
            Bytes = bytes,
            Deadline = _sender.DeadlineIn(timeout),
            Operation = _sender.Telemetry.StartRemoteSend(target is null ? SendTarget.Path : SendTarget.Session, to, _session.Id, traceParent),
        };
        // A client that has come back may have said the same over the connection before, which is being heard at this moment.
        if (!_calls.TryAdd(id, call))
        {
            call.Operation?.End(ErrorReason.InvalidData);
            throw UnderWay(id);
        }

        _share.Opened(bytes);
        try
        {
            _sender.Send(_session, call, new RequestEnvelope
            {
                Path = to,
                Target = target,
                RemainingMilliseconds = timeout,
                ContentType = contentType,
                Payload = payload,
                TraceParent = call.Operation?.TraceParent ?? traceParent,
            });
        }
        catch (MessagingException exception)
        {
            call.Operation?.End(exception.Reason);
            Ended(call);
            throw;
        }
    }

    /// <summary>Sends a request to all sessions that a filter selects.</summary>
    /// <exception cref="MessagingException">It cannot be sent.</exception>
    public void SendToFilter(long id, string filter, string path, int? milliseconds, string contentType, ReadOnlyMemory<byte> payload, string? traceParent)
    {
        var to = RequestSender.CheckFilter(_session, path);
        _sender.CheckValue(contentType, payload.Length);
        traceParent = TraceParent.Checked(traceParent);
        _sender.CheckRoom();
        var bytes = Charge(payload, filter, path);
        CheckRoom(id, bytes);
        var parsed = SessionFilter.Parse(filter);
        var time = Time(milliseconds);
        var operation = _sender.Telemetry.StartRemoteSend(SendTarget.Filter, to, _session.Id, traceParent);
        _sender.FilterCalls.Start(
            _session,
            parsed,
            new RequestEnvelope { Path = to, ContentType = contentType, Payload = payload, TraceParent = operation?.TraceParent ?? traceParent },
            time,
            (callId, deadline, request) =>
            {
                var call = new RemoteFilterCall(_sender.FilterCalls, _session, deadline, _client, id, _share, Ended)
                {
                    Id = callId,
                    Bytes = bytes,
                    Request = request,
                    Operation = operation,
                };
                if (!_filterCalls.TryAdd(id, call))
                {
                    operation?.End(ErrorReason.InvalidData);
                    throw UnderWay(id);
                }

                _share.Opened(bytes);
                // Until the client has the last answer, and not only until that is here: who waits for the session to have nothing under way waits for it.
                _session.Work.CallStarted();
                return call;
            });
    }

    /// <summary>The client has room for more answers to a filter request.</summary>
    public void Credit(long id, int answers)
    {
        if (_filterCalls.TryGetValue(id, out var call))
            call.Credit(answers);
    }

    /// <summary>The session is closed: what waits for the client's room is told.</summary>
    public void Close()
    {
        foreach (var (_, call) in _filterCalls)
            call.Close();
    }

    /// <summary>The client does not wait any more.</summary>
    public void Cancel(long id)
    {
        if (_calls.TryGetValue(id, out var call))
            call.Cancel();
        else if (_filterCalls.TryGetValue(id, out var filterCall))
            filterCall.Abandon();
    }

    /// <summary>Registers a handler; completes when every gateway knows.</summary>
    /// <exception cref="MessagingException">It cannot be registered.</exception>
    public async Task AddHandlerAsync(string path, IReadOnlyList<string> properties, bool redelivery, CancellationToken cancellationToken)
    {
        var branch = MessagePath.Parse(path);
        SessionChangeRules.CheckSelection(properties);
        RequestSender.CheckRegistration(_session, wantsProperties: properties.Count > 0);
        var handler = new RemoteHandler(
            _session, branch, PropertySelection.Of(properties), redelivery, _directory, _client, _logger, _sender.Telemetry);
        _session.RememberHandler(handler);
        _handlers[branch] = handler;
        try
        {
            await _directory.AddAsync(_session, handler, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _session.ForgetHandler(handler);
            _handlers.TryRemove(new(branch, handler));
            throw;
        }
    }

    /// <summary>Withdraws a handler; does nothing if there is none.</summary>
    public async Task RemoveHandlerAsync(string path)
    {
        if (_handlers.TryRemove(MessagePath.Parse(path), out var handler))
            await handler.CloseAsync().ConfigureAwait(false);
    }

    private int Time(int? milliseconds) => milliseconds switch
    {
        null => _sender.Time(null),
        >= 0 and var time => time,
        _ => throw new InvalidMessageDataException($"A request's time of {milliseconds} ms: at least 1, or 0 for no limit."),
    };

    private void Ended(RemoteCall call)
    {
        if (_calls.TryRemove(new(call.ClientId, call)))
            _share.Closed(call.Bytes);
    }

    private void Ended(RemoteFilterCall call)
    {
        if (!_filterCalls.TryRemove(new(call.ClientId, call)))
            return;
        _share.Closed(call.Bytes);
        _session.Work.CallEnded();
    }

    private static int Charge(ReadOnlyMemory<byte> payload, params ReadOnlySpan<string> texts)
    {
        var bytes = payload.Length;
        foreach (var text in texts)
            bytes += sizeof(char) * text.Length;
        return bytes;
    }

    private void CheckRoom(long id, int bytes)
    {
        _share.CheckRequest(bytes);
        if (_calls.ContainsKey(id) || _filterCalls.ContainsKey(id))
            throw UnderWay(id);
    }

    private static InvalidMessageDataException UnderWay(long id) => new($"The request {id} is under way already; each needs a number of its own.");
}
