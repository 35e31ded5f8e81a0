using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;

namespace RabbitBridge.Calls;

/// <summary>What answers requests: a registered handler or a request stream of a session in this gateway.</summary>
internal abstract class RequestReceiver(SessionWork work, ILogger logger, Telemetry telemetry) : Receiver
{
    private int _outstanding;

    /// <summary>That of the session that answers.</summary>
    public SessionWork Work { get; } = work;

    public Telemetry Telemetry { get; } = telemetry;

    /// <summary>The requests that it has; with its limit also those given up for which a function goes on: it must not look free.</summary>
    public int Outstanding => Turns is { } turns ? Math.Max(turns.Count, Volatile.Read(ref _outstanding)) : Volatile.Read(ref _outstanding);

    /// <summary>The branch of a handler; <see langword="null"/> for a request stream.</summary>
    public virtual string? BranchName => null;

    /// <summary>Whether a request that was not answered may be handled by another one.</summary>
    public virtual bool Redelivery => false;

    public void RequestStarted() => Interlocked.Increment(ref _outstanding);

    public void RequestEnded() => Interlocked.Decrement(ref _outstanding);

    public abstract IncomingRequest Accept(in RequestArrival arrival);

    public override void HandlerFailed(Exception exception, string path) => Log.HandlerFailed(logger, exception, path, Work.Session);

    public override void HandlerFailedLate(Exception exception, string path) =>
        Log.HandlerFailedAfterAnswer(logger, exception, path, Work.Session);

    protected override void CallbackFailed(Exception exception) => Log.CallbackFailed(logger, exception, Work.Session);
}
