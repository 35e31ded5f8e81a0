namespace RabbitBridge;

/// <summary>What answers requests: a handler, or a request stream, of a session here or elsewhere.</summary>
internal abstract class Receiver
{
    private int _closed;

    /// <summary>How many requests it has at once; <see langword="null"/> for what comes.</summary>
    public virtual HandlerTurns? Turns => null;

    public bool IsClosed => Volatile.Read(ref _closed) != 0;

    /// <summary>Tells the application once that no request follows.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        // What waits for its turn came before, and is still handled.
        if (Turns is { } turns)
            turns.WhenNoneWaits(() => CallBack(OnClose));
        else
            CallBack(OnClose);
    }

    /// <summary>Calls the application, whose failure concerns nobody else.</summary>
    public void CallBack(Action callback)
    {
        try
        {
            callback();
        }
#pragma warning disable CA1031 // Whatever a callback throws is logged and goes no further.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            CallbackFailed(exception);
        }
    }

    public abstract void HandlerFailed(Exception exception, string path);

    /// <summary>What a handler has thrown after it had answered, or when nobody waited any more.</summary>
    public abstract void HandlerFailedLate(Exception exception, string path);

    protected abstract void CallbackFailed(Exception exception);

    protected abstract void OnClose();
}
