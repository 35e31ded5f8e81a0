using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;

namespace RabbitBridge.Calls;

/// <summary>What answers requests: a registered handler or a request stream of a session in this gateway.</summary>
internal abstract class RequestReceiver(SessionWork work, ILogger logger, Telemetry telemetry)
{
    private int _outstanding;
    private int _closed;

    /// <summary>That of the session that answers.</summary>
    public SessionWork Work { get; } = work;

    public Telemetry Telemetry { get; } = telemetry;

    /// <summary>The requests that are being handled.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    /// <summary>Whether a request that was not answered may be handled by another one.</summary>
    public virtual bool Redelivery => false;

    public bool IsClosed => Volatile.Read(ref _closed) != 0;

    public void RequestStarted() => Interlocked.Increment(ref _outstanding);

    public void RequestEnded() => Interlocked.Decrement(ref _outstanding);

    public abstract IncomingRequest Accept(in RequestArrival arrival);

    public void HandlerFailed(Exception exception, string path) => Log.HandlerFailed(logger, exception, path, Work.Session);

    public void HandlerFailedLate(Exception exception, string path) =>
        Log.HandlerFailedAfterAnswer(logger, exception, path, Work.Session);

    /// <summary>Tells the receiver once that no request follows.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
            CallBack(OnClose);
    }

    protected abstract void OnClose();

    /// <summary>Calls the application, whose failure concerns nobody else.</summary>
    protected void CallBack(Action callback)
    {
        try
        {
            callback();
        }
#pragma warning disable CA1031 // Whatever a callback throws is logged and goes no further.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.CallbackFailed(logger, exception, Work.Session);
        }
    }
}
