using RabbitBridge.Calls;
using RabbitBridge.Fabric;
using RabbitBridge.Sessions;

namespace RabbitBridge.Messages;

/// <summary>A request of a session in this gateway.</summary>
internal sealed class RequestCall<TResponse>(PendingCalls table, Session session, DataType<TResponse> responseType)
    : PendingCall(table, session.Work)
{
    // Continuations run elsewhere: the receiving thread of the fabric must not run the caller's code.
    private readonly TaskCompletionSource<TResponse> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;

    public Task<TResponse> Task => _completion.Task;

    /// <summary>The call as it is measured, if anybody watches.</summary>
    public MessagingOperation? Operation { get; init; }

    public override IReadOnlyDictionary<string, string> SenderProperties => session.Properties;

    /// <summary>Ends the call when the caller's token is cancelled.</summary>
    public void CancelWith(CancellationToken token)
    {
        if (!token.CanBeCanceled)
            return;
        _token = token;
        _registration = token.UnsafeRegister(static state => ((RequestCall<TResponse>)state!).Cancel(), this);
        // An answer that came in between did not see the registration.
        if (IsEnded)
            _registration.Unregister();
    }

    protected override void OnReply(in ResponseEnvelope response)
    {
        _registration.Unregister();
        Operation?.End(response.Error);
        if (response.Error is { } error)
        {
            _completion.TrySetException(MessagingException.For(error, response.ErrorMessage ?? error.ToString()));
            return;
        }

        try
        {
            _completion.TrySetResult(ValueCodec.Read("response", responseType, response.ContentType, response.Persist().Payload));
        }
        catch (MessagingException exception)
        {
            _completion.TrySetException(exception);
        }
    }

    private void Cancel()
    {
        if (!TryCancel())
            return;
        Operation?.Cancelled();
        _completion.TrySetCanceled(_token);
    }
}
