using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>One response.</summary>
internal sealed class PendingResponse<TResponse>(Func<RemoteMessage, TResponse> read) : PendingReply
{
    private readonly TaskCompletionSource<TResponse> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _registration;

    public Task<TResponse> Task => _completion.Task;

    /// <summary>Ends it, without a word to the gateway, when the caller's token is cancelled.</summary>
    public void CancelWith(Action<PendingResponse<TResponse>> cancelled, CancellationToken token)
    {
        if (!token.CanBeCanceled)
            return;
        _registration = token.UnsafeRegister(
            _ =>
            {
                if (!_completion.TrySetCanceled(token))
                    return;
                Operation?.Cancelled();
                cancelled(this);
            },
            null);
        if (_completion.Task.IsCompleted)
            _registration.Unregister();
    }

    public override bool Take(RemoteMessage message)
    {
        if (message.Type == RemoteMessageType.Error)
        {
            Fail(MessagingException.For((ErrorReason)message.Reason, message.Text));
            return true;
        }

        if (message.Type != RemoteMessageType.Response)
            return false;
        _registration.Unregister();
        try
        {
            var response = read(message);
            Operation?.End();
            _completion.TrySetResult(response);
        }
#pragma warning disable CA1031 // Whatever a data type throws is the caller's to see.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Operation?.End(ErrorNames.Of(exception));
            _completion.TrySetException(exception);
        }

        return true;
    }

    public override void Fail(MessagingException error)
    {
        _registration.Unregister();
        Operation?.End(error.Reason);
        _completion.TrySetException(error);
    }
}
