namespace RabbitBridge;

/// <summary>A call of a message handler that is not waited for longer than its time.</summary>
internal static class MessageHandlerCall
{
    /// <summary>Calls a handler.</summary>
    /// <param name="handler">The handler.</param>
    /// <param name="message">The message.</param>
    /// <param name="timeLimit">How long to wait. Then the handler's token is cancelled, and it is left behind.</param>
    /// <param name="failedLate">Told what a handler that was left behind throws.</param>
    /// <param name="cancelled">Ends the wait as well.</param>
    /// <returns>Whether it was done in time, and its answer. Fails with what the handler throws in its time.</returns>
    public static async Task<(bool IsInTime, object? Answer)> RunAsync(
        IMessageHandler handler, ProjectMessage message, TimeSpan timeLimit, Action<Exception> failedLate, CancellationToken cancelled)
    {
        if (cancelled.IsCancellationRequested)
            return (false, null);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        over.CancelAfter(timeLimit);
        // Not linked to the other: what callbacks on the handler's token throw would end whoever cancels, or, from a timer, the process.
        // It has no timer and no handle, and needs no disposal.
        var left = new CancellationTokenSource();
        // A handler that blocks its thread must not block the queue longer than its time.
        var running = Task.Run(() => handler.OnMessageAsync(message, left.Token), CancellationToken.None);
        try
        {
            return (true, await running.WaitAsync(over.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !running.IsCompletedSuccessfully)
        {
            _ = ObserveAsync(left.CancelAsync(), failedLate);
            _ = ObserveAsync(running, failedLate);
            return (false, null);
        }
    }

    private static async Task ObserveAsync(Task running, Action<Exception> failedLate)
    {
        try
        {
            await running.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It has heard that its time was over.
        }
#pragma warning disable CA1031 // Whatever it is, it is told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failedLate(exception);
        }
    }
}
