using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;
using RabbitBridge.Sessions;

namespace RabbitBridge.Messages;

/// <summary>The Messages feature of a session in this gateway. A request's life begins here and goes on in the router.</summary>
internal sealed class SessionMessages(Session session, RequestSender sender, HandlerDirectory handlers, ILogger logger) : IMessages
{
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
        RequestSender.CheckRegistration(session, wantsProperties: options.SessionProperties.Count > 0);

        var registration = new HandlerRegistration<TRequest, TResponse>(
            session, branch, handler, requestType, responseType, options, handlers, logger, sender.Telemetry);
        session.RememberHandler(registration);
        try
        {
            await handlers.AddAsync(session, registration, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            session.ForgetHandler(registration);
            throw;
        }

        return registration;
    }

    public Task<TResponse> SendRequestAsync<TRequest, TResponse>(
        string path,
        TRequest request,
        DataType<TRequest> requestType,
        DataType<TResponse> responseType,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Send(target: null, path, request, requestType, responseType, options, cancellationToken);

    public Task<TResponse> SendRequestAsync<TRequest, TResponse>(
        SessionId session,
        string path,
        TRequest request,
        DataType<TRequest> requestType,
        DataType<TResponse> responseType,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Send(session, path, request, requestType, responseType, options, cancellationToken);

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
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<int>(cancellationToken);
        try
        {
            return SendToFilter(filter, path, request, requestType, responseType, options)
                .PassTo(callback, exception => Log.CallbackFailed(logger, exception, session.Id), cancellationToken);
        }
        catch (MessagingException exception)
        {
            return Task.FromException<int>(exception);
        }
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
        string path,
        IRequestStream<TRequest, TResponse> stream,
        DataType<TRequest> requestType,
        DataType<TResponse> responseType)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(requestType);
        ArgumentNullException.ThrowIfNull(responseType);
        return session.SetStream(
            MessagePath.ParseTarget(path),
            new StreamReceiver<TRequest, TResponse>(session, stream, requestType, responseType, logger, sender.Telemetry));
    }

    public IRequestStream? RemoveRequestStream(string path) => session.RemoveStream(MessagePath.ParseTarget(path));

    private FilteredAnswers<TResponse> SendToFilter<TRequest, TResponse>(
        SessionFilter filter, string path, TRequest request, DataType<TRequest> requestType, DataType<TResponse> responseType, RequestOptions? options)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(requestType);
        ArgumentNullException.ThrowIfNull(responseType);
        var to = RequestSender.CheckFilter(session, path);
        var timeout = sender.Time(options?.Timeout);
        var value = ValueCodec.Write("request", requestType, request, new ArrayBufferWriter<byte>());
        sender.CheckSize(value.Bytes.Length);
        sender.CheckRoom();
        var operation = sender.Telemetry.StartSend(SendTarget.Filter, to, session.Id);
        return sender.FilterCalls.Start(
            session,
            filter,
            new RequestEnvelope
            {
                Path = to,
                ContentType = value.ContentType,
                Payload = value.Bytes,
                TraceParent = operation?.TraceParent ?? TraceParent.Checked(Activity.Current?.Id),
            },
            timeout,
            responseType,
            operation).Answers;
    }

    private Task<TResponse> Send<TRequest, TResponse>(
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

        RequestCall<TResponse>? call = null;
        var scratch = ScratchBuffer.Take();
        try
        {
            var to = RequestSender.Check(session, target, path);
            var timeout = sender.Time(options?.Timeout);
            var value = ValueCodec.Write("request", requestType, request, scratch);
            sender.CheckSize(value.Bytes.Length);
            call = new RequestCall<TResponse>(sender.Calls, session, responseType)
            {
                Deadline = sender.DeadlineIn(timeout),
                Operation = sender.Telemetry.StartSend(target is null ? SendTarget.Path : SendTarget.Session, to, session.Id),
            };
            sender.Send(session, call, new RequestEnvelope
            {
                Path = to,
                Target = target,
                RemainingMilliseconds = timeout,
                ContentType = value.ContentType,
                Payload = value.Bytes,
                IsTransient = value.IsTransient,
                TraceParent = call.Operation?.TraceParent ?? TraceParent.Checked(Activity.Current?.Id),
            });
            call.CancelWith(cancellationToken);
            return call.Task;
        }
        catch (MessagingException exception)
        {
            call?.Operation?.End(exception.Reason);
            return Task.FromException<TResponse>(exception);
        }
        finally
        {
            ScratchBuffer.Return(scratch);
        }
    }
}
