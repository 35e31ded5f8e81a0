using System.Diagnostics;

namespace RabbitBridge;

/// <summary>Something sent, or handled, that somebody watches: its span, and how long it takes. Ends once.</summary>
/// <param name="telemetry">Where it is measured.</param>
/// <param name="server">What carries it.</param>
/// <param name="target">To whom it is sent: one of <see cref="SendTarget"/>; <see langword="null"/> for what is handled here.</param>
/// <param name="branch">The branch whose handler has it, if that is known.</param>
/// <param name="span">Its span, if somebody listens to those.</param>
internal sealed class MessagingOperation(MessagingTelemetry telemetry, MessagingServer server, string? target, string? branch, Activity? span)
{
    private readonly MessagingTelemetry _telemetry = telemetry;
    private readonly long _start = Stopwatch.GetTimestamp();
    private int _ended;

    public MessagingServer Server => server;

    public string? Target => target;

    public string? Branch => branch;

    public Activity? Span => span;

    /// <summary>The trace context for what is sent; <see langword="null"/> if nobody listens.</summary>
    public string? TraceParent => span?.Id;

    public void End(ErrorReason? error) => End(error is { } reason ? ErrorNames.Of(reason) : null);

    public void Cancelled() => End(ErrorNames.Cancelled);

    /// <summary>Ends it, on whatever thread; a second end changes nothing.</summary>
    /// <param name="error">The error that it ended with, or <see langword="null"/>.</param>
    public void End(string? error = null)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        if (span is null)
            _telemetry.Guard(static state => state.Operation.Tell(state.Error), (Operation: this, Error: error));
        else
            _telemetry.GuardAside(static state => state.Operation.Tell(state.Error), (Operation: this, Error: error));
    }

    /// <summary>Ends what was sent together with its outcome.</summary>
    /// <param name="operation">What was sent, if somebody watches.</param>
    /// <param name="sending">What ends it.</param>
    /// <param name="error">The error that an outcome is, or <see langword="null"/>.</param>
    public static Task<T> EndWithAsync<T>(MessagingOperation? operation, Task<T> sending, Func<T, string?>? error = null) =>
        operation is null ? sending : EndWhenDoneAsync(operation, sending, error);

    private static async Task<T> EndWhenDoneAsync<T>(MessagingOperation operation, Task<T> sending, Func<T, string?>? error)
    {
        try
        {
            var outcome = await sending.ConfigureAwait(false);
            operation.End(error?.Invoke(outcome));
            return outcome;
        }
        catch (Exception exception)
        {
            operation.End(ErrorNames.Of(exception));
            throw;
        }
    }

    private void Tell(string? error)
    {
        if (span is not null && error is not null)
            span.SetStatus(ActivityStatusCode.Error, error).SetTag("error.type", error);
        span?.Stop();
        _telemetry.Ended(this, span?.Duration ?? Stopwatch.GetElapsedTime(_start), error);
    }
}
