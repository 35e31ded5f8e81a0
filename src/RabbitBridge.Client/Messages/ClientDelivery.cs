using System.Collections.ObjectModel;
using System.Diagnostics;
using RabbitBridge.Client.Diagnostics;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>A request that this client has to answer: once, or never if nobody waits any more.</summary>
internal abstract class ClientDelivery(ClientReceiver receiver, RemoteMessage request, Action<RemoteMessage> answer)
    : IRequestContext, IFaultResponder, IThreadPoolWorkItem
{
    private const int Open = 0;
    private const int Answered = 1;
    private const int Abandoned = 2;

    private CancellationTokenSource? _cancellation;
    private int _state;

    public long Id => request.Id;

    public SessionId SessionId => request.Session.GetValueOrDefault();

    public string Path => request.Path;

    public IReadOnlyDictionary<string, string> SessionProperties => request.Properties ?? ReadOnlyDictionary<string, string>.Empty;

    public CancellationToken CancellationToken
    {
        get
        {
            var mine = Volatile.Read(ref _cancellation);
            if (mine is null)
            {
                var made = new CancellationTokenSource();
                mine = Interlocked.CompareExchange(ref _cancellation, made, null) ?? made;
                if (Volatile.Read(ref _state) == Abandoned)
                    Cancel(mine);
            }

            return mine.Token;
        }
    }

    protected RemoteMessage Request => request;

    public void Execute()
    {
        if (Volatile.Read(ref _state) != Open)
            return;
        using var activity = Tracing.StartProcess(request);
        try
        {
            Invoke();
        }
#pragma warning disable CA1031 // Whatever a handler throws is answered, logged and goes no further.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name).SetTag("error.type", exception.GetType().FullName);
            Fail(exception);
        }
    }

    public void Reject(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (TryAnswer())
            answer(RemoteMessage.Failed(Id, ErrorReason.RejectedRequest, message));
    }

    public void Fail(Exception exception)
    {
        if (exception is RejectedRequestException)
        {
            Refuse(ErrorReason.RejectedRequest, exception.Message);
            return;
        }

        Log.HandlerFailed(receiver.Logger, exception, Path);
        Refuse(ErrorReason.CallbackException, $"The handler for '{Path}' failed.");
    }

    /// <summary>Nobody waits any more.</summary>
    public void Abandon()
    {
        if (Interlocked.CompareExchange(ref _state, Abandoned, Open) == Open && Volatile.Read(ref _cancellation) is { } cancellation)
            Cancel(cancellation);
    }

    /// <summary>Reads the request and calls the application.</summary>
    protected abstract void Invoke();

    /// <returns>Whether the answer is to be sent.</returns>
    /// <exception cref="InvalidOperationException">The request was answered already.</exception>
    protected bool TryAnswer() => Interlocked.CompareExchange(ref _state, Answered, Open) switch
    {
        Open => true,
        Abandoned => false,
        _ => throw new InvalidOperationException($"The request to '{Path}' was answered already; a responder takes one answer."),
    };

    protected void Answer(string contentType, ReadOnlyMemory<byte> payload) =>
        answer(new RemoteMessage(RemoteMessageType.Response, Id) { ContentType = contentType, Payload = payload });

    /// <summary>Answers with an error if nothing was answered before.</summary>
    protected void Refuse(ErrorReason reason, string message)
    {
        if (Interlocked.CompareExchange(ref _state, Answered, Open) == Open)
            answer(RemoteMessage.Failed(Id, reason, message));
    }

    // Off the thread that reads the connection: callbacks on the token are the application's code.
    private void Cancel(CancellationTokenSource cancellation) => ThreadPool.UnsafeQueueUserWorkItem(
        static state =>
        {
            try
            {
                state.cancellation.Cancel();
            }
#pragma warning disable CA1031 // Callbacks on the token are the application's code.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.CallbackFailed(state.receiver.Logger, exception);
            }
        },
        (cancellation, receiver),
        preferLocal: false);
}
