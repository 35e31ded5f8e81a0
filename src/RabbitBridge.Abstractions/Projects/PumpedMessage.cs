namespace RabbitBridge;

/// <summary>A message on its way through a <see cref="MessagePump"/>.</summary>
internal abstract class PumpedMessage
{
    private MessagingOperation? _process;

    /// <summary>How much it keeps while it waits.</summary>
    public abstract int Bytes { get; }

    /// <summary>How long its handler may take.</summary>
    public abstract TimeSpan TimeLimit { get; }

    /// <summary>Cancelled when nobody waits for its outcome any more.</summary>
    public virtual CancellationToken Cancelled => CancellationToken.None;

    /// <summary>Calls the handler. Whatever it throws is told to <see cref="Failed"/>.</summary>
    /// <param name="left">Cancelled when the message is left behind.</param>
    public abstract Task<object?> RunAsync(CancellationToken left);

    /// <summary>The handler is done in its time.</summary>
    public abstract void Handled(object? answer);

    /// <summary>The handler has failed in its time.</summary>
    public abstract void Failed(Exception exception);

    /// <summary>The message goes on without being waited for, or never began.</summary>
    public virtual void LeftBehind(LeftReason reason) => _process?.End(ErrorNames.Of(reason));

    /// <summary>Something has failed whose outcome nobody waits for: a handler that was left behind, a callback on its token, one of the functions above. Must not throw.</summary>
    public abstract void Report(Exception exception);

    /// <summary>Calls a handler, which is measured from now until it has ended, or the message is left behind.</summary>
    protected async Task<object?> HandleAsync(MessagingOperation? process, IMessageHandler handler, ProjectMessage message, CancellationToken left)
    {
        _process = process;
        try
        {
            var answer = await handler.OnMessageAsync(message, left).ConfigureAwait(false);
            process?.End();
            return answer;
        }
        catch (Exception exception)
        {
            process?.End(ErrorNames.OfThrown(exception));
            throw;
        }
    }
}
