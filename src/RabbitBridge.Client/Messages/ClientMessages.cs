using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using RabbitBridge.Client.Diagnostics;
using RabbitBridge.Client.Sessions;
using RabbitBridge.Remote;
using RabbitBridge.Sessions;

namespace RabbitBridge.Client.Messages;

/// <summary>The Messages feature of a remote session.</summary>
internal sealed class ClientMessages(RemoteSession session, ILogger logger) : IMessages
{
    private readonly ConcurrentDictionary<MessagePath, IClientHandler> _handlers = new();
    // A request may be on its way from the gateway while a handler is closed; as in the gateway's own process, it is still handled.
    private readonly ConcurrentDictionary<MessagePath, IClientHandler> _former = new();
    private readonly ConcurrentDictionary<MessagePath, IClientStream> _streams = new();
    // By the numbers that their gateways have given them.
    private readonly ConcurrentDictionary<(RemoteLink From, long Id), ClientDelivery> _deliveries = new();

    public async Task<IRegistration> AddRequestHandlerAsync<TRequest, TResponse>(
        string path,
        IRequestHandler<TRequest, TResponse> handler,
        DataType<TRequest> requestType,
        DataType<TResponse> responseType,
        RequestHandlerOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(requestType);
        ArgumentNullException.ThrowIfNull(responseType);
        options ??= new RequestHandlerOptions();
        var branch = MessagePath.Parse(path);
        SessionChangeRules.CheckSelection(options.SessionProperties);
        session.ThrowIfClosed();
        // What is given up before it has begun never reaches the gateway, where it would be registered for a moment.
        cancellationToken.ThrowIfCancellationRequested();
        var registered = new ClientHandler<TRequest, TResponse>(
            branch, handler, requestType, responseType, options, RegisterAsync, RemoveAsync, session.Work, logger);
        if (!_handlers.TryAdd(branch, registered))
            throw new HandlerConflictException($"Session {session.Id} already has a handler on '{branch}'; close that registration first.");
        try
        {
            await registered.Registration.RegisterAsync(session, registered.CloseAsync, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _handlers.TryRemove(new(branch, registered));
            throw;
        }

        return registered;
    }

    public Task<TResponse> SendRequestAsync<TRequest, TResponse>(
        string path,
        TRequest request,
        DataType<TRequest> requestType,
        DataType<TResponse> responseType,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        SendAsync(target: null, path, request, requestType, responseType, options, cancellationToken);

    public Task<TResponse> SendRequestAsync<TRequest, TResponse>(
        SessionId session,
        string path,
        TRequest request,
        DataType<TRequest> requestType,
        DataType<TResponse> responseType,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        SendAsync(session, path, request, requestType, responseType, options, cancellationToken);

    public Task<int> SendRequestToFilterAsync<TRequest, TResponse>(
        SessionFilter filter,
        string path,
        TRequest request,
        IFilteredRequestCallback<TResponse> callback,
        DataType<TRequest> requestType,
        DataType<TResponse> responseType,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(callback);
        cancellationToken.ThrowIfCancellationRequested();
        return SendToFilter(filter, path, request, requestType, responseType, options)
            .PassTo(callback, exception => Log.CallbackFailed(logger, exception), cancellationToken);
    }

    public async IAsyncEnumerable<FilteredResponse<TResponse>> SendRequestToFilterAsync<TRequest, TResponse>(
        SessionFilter filter,
        string path,
        TRequest request,
        DataType<TRequest> requestType,
        DataType<TResponse> responseType,
        RequestOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var answers = SendToFilter(filter, path, request, requestType, responseType, options);
        await foreach (var answer in answers.ReadAsync(cancellationToken).ConfigureAwait(false))
            yield return answer;
    }

    public IRequestStream? SetRequestStream<TRequest, TResponse>(
        string path, IRequestStream<TRequest, TResponse> stream, DataType<TRequest> requestType, DataType<TResponse> responseType)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(requestType);
        ArgumentNullException.ThrowIfNull(responseType);
        session.ThrowIfClosed();
        var at = MessagePath.ParseTarget(path);
        IClientStream? previous = null;
        var made = new ClientStream<TRequest, TResponse>(stream, requestType, responseType, session.Work, logger);
        _streams.AddOrUpdate(at, made, (_, former) =>
        {
            previous = former;
            return made;
        });
        previous?.Receiver.Close();
        return previous?.Stream;
    }

    public IRequestStream? RemoveRequestStream(string path)
    {
        if (!_streams.TryRemove(MessagePath.ParseTarget(path), out var stream))
            return null;
        stream.Receiver.Close();
        return stream.Stream;
    }

    /// <summary>A request for a handler or stream of this client.</summary>
    public void Deliver(RemoteMessage request, RemoteLink from)
    {
        if (Find(request) is not { } receiver)
        {
            from.Post(RemoteMessage.Failed(
                request.Id, ErrorReason.UnhandledMessage, $"Session {session.Id} has no registered streams for message sent to path '{request.Path}'"));
            return;
        }

        var delivery = receiver.Accept(request, from, Ended);
        _deliveries[(from, request.Id)] = delivery;
        delivery.Start();
    }

    /// <summary>Nobody waits for the answer any more.</summary>
    public void Abandon(long id, RemoteLink from)
    {
        if (_deliveries.TryRemove((from, id), out var delivery))
            delivery.Abandon();
    }

    /// <summary>A gateway is gone, and with it everybody there who waits.</summary>
    public void AbandonAll(RemoteLink from)
    {
        // Those that wait first: the end of another one must not be their turn.
        foreach (var delivery in _deliveries.Values.Where(delivery => delivery.From == from).OrderByDescending(static delivery => delivery.IsWaiting))
            Abandon(delivery.Id, from);
    }

    /// <summary>The session is being closed: what waits for its turn will not have it.</summary>
    public void BeginNothingMore()
    {
        foreach (var receiver in _handlers.Values.Select(static handler => handler.Receiver).Concat(_deliveries.Values.Select(static delivery => delivery.Receiver)))
            receiver.Turns?.Close();
    }

    /// <summary>Registers everything in a new session.</summary>
    public Task RegisterAgainAsync(RemoteLink link) => Task.WhenAll(_handlers.Values.Select(async handler =>
    {
        var mayStay = await handler.Registration.RegisterAgainAsync(session, link, exception =>
        {
            Log.NotRegisteredAgain(logger, handler.Path, exception.Message);
            handler.Receiver.ReportError(exception.Reason);
        }).ConfigureAwait(false);
        if (!mayStay && _handlers.TryRemove(new(MessagePath.Parse(handler.Path), handler)))
            handler.Receiver.Close();
    }));

    /// <summary>The session is over.</summary>
    public void Close()
    {
        foreach (var (path, handler) in _handlers)
        {
            if (_handlers.TryRemove(new(path, handler)))
                handler.Receiver.Close();
        }

        foreach (var (path, stream) in _streams)
        {
            if (_streams.TryRemove(new(path, stream)))
                stream.Receiver.Close();
        }
    }

    private void Ended(ClientDelivery delivery) => _deliveries.TryRemove(new((delivery.From, delivery.Id), delivery));

    private ClientReceiver? Find(RemoteMessage request) => request.Branch is { } branch
        ? FindHandler(MessagePath.Parse(branch))?.Receiver
        : _streams.GetValueOrDefault(MessagePath.Parse(request.Path))?.Receiver;

    private IClientHandler? FindHandler(MessagePath branch) => _handlers.GetValueOrDefault(branch) ?? _former.GetValueOrDefault(branch);

    private Task<RemoteMessage> RegisterAsync(IClientHandler handler, RemoteLink link) => session.AskAsync(
        new RemoteMessage(RemoteMessageType.AddHandler)
        {
            Path = handler.Path,
            Names = handler.Options.SessionProperties,
            Redelivery = handler.Options.Redelivery,
        },
        link);

    private async Task RemoveAsync(IClientHandler handler)
    {
        var branch = MessagePath.Parse(handler.Path);
        if (!_handlers.TryGetValue(branch, out var registered) || registered != handler)
            return;
        // While the gateway withdraws it, requests for it still come, and are still handled.
        if (await handler.Registration.CloseAsync().ConfigureAwait(false) is { } link && !session.IsClosed)
        {
            try
            {
                await session.AskAsync(new RemoteMessage(RemoteMessageType.RemoveHandler) { Path = handler.Path }, link).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is SessionClosedException or CommunicationFailureException)
            {
                // The registration has gone with the session.
            }
        }

        _former[branch] = handler;
        _handlers.TryRemove(new(branch, handler));
        handler.Receiver.Close();
    }

    private Task<TResponse> SendAsync<TRequest, TResponse>(
        SessionId? target,
        string path,
        TRequest request,
        DataType<TRequest> requestType,
        DataType<TResponse> responseType,
        RequestOptions? options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(requestType);
        ArgumentNullException.ThrowIfNull(responseType);
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<TResponse>(cancellationToken);
        MessagingOperation? operation = null;
        try
        {
            var to = MessagePath.ParseTarget(path);
            var value = Write(requestType, request);
            var milliseconds = Milliseconds(options);
            operation = ClientTelemetry.Messaging.StartSend(session.Work.Server, target is null ? SendTarget.Path : SendTarget.Session, to.Value, session.Id);
            var pending = new PendingResponse<TResponse>(message => Values.Read(responseType, message))
            {
                Deadline = session.Deadline(milliseconds),
                Bytes = value.Bytes.Length,
                Operation = operation,
            };
            session.Ask(pending, new RemoteMessage(RemoteMessageType.Request)
            {
                Path = to.Value,
                Session = target,
                Milliseconds = milliseconds,
                ContentType = value.ContentType,
                Payload = value.Bytes,
                TraceParent = operation?.TraceParent ?? Activity.Current?.Id,
            });
            pending.CancelWith(session.Cancel, cancellationToken);
            return pending.Task;
        }
        catch (MessagingException exception)
        {
            operation?.End(exception.Reason);
            return Task.FromException<TResponse>(exception);
        }
    }

    private FilteredAnswers<TResponse> SendToFilter<TRequest, TResponse>(
        SessionFilter filter, string path, TRequest request, DataType<TRequest> requestType, DataType<TResponse> responseType, RequestOptions? options)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(requestType);
        ArgumentNullException.ThrowIfNull(responseType);
        var milliseconds = Milliseconds(options);
        var value = Write(requestType, request);
        var to = MessagePath.ParseTarget(path);
        var operation = ClientTelemetry.Messaging.StartSend(session.Work.Server, SendTarget.Filter, to.Value, session.Id);
        var pending = new PendingFilter<TResponse>(responseType, session.Cancel) { Deadline = session.Deadline(milliseconds), Bytes = value.Bytes.Length, Operation = operation };
        try
        {
            session.Ask(pending, new RemoteMessage(RemoteMessageType.FilterRequest)
            {
                Filter = filter.ToString(),
                Path = to.Value,
                Milliseconds = milliseconds,
                ContentType = value.ContentType,
                Payload = value.Bytes,
                TraceParent = operation?.TraceParent ?? Activity.Current?.Id,
            });
        }
        catch (MessagingException exception)
        {
            operation?.End(exception.Reason);
            throw;
        }

        return pending.Answers;
    }

    private EncodedValue Write<TRequest>(DataType<TRequest> type, TRequest request)
    {
        session.ThrowIfClosed();
        return Values.Write("request", type, request, session.Work.MaxMessageBytes);
    }

    private int Milliseconds(RequestOptions? options) =>
        options?.Timeout is { } timeout ? RequestTimeout.Milliseconds(timeout) : session.RequestMilliseconds;
}
