using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;

namespace RabbitBridge.Projects;

/// <summary>A message on its way through a handler.</summary>
/// <param name="Message">The message.</param>
/// <param name="Handler">The handler.</param>
/// <param name="TimeLimit">How long it may take.</param>
/// <param name="Answer">Takes the outcome of a request; <see langword="null"/> for a message.</param>
/// <param name="Cancelled">Cancelled when nobody waits for the answer.</param>
internal sealed record MessageJob(
    ProjectMessage Message, IMessageHandler Handler, TimeSpan TimeLimit, Action<object?, MessagingException?>? Answer, CancellationToken Cancelled)
{
    /// <summary>Calls the handler, unless nobody waits any more, and waits for it, but no longer than its time. Never fails.</summary>
    public async Task RunAsync(ILogger logger, Telemetry telemetry, CancellationToken stopping)
    {
        if (Cancelled.IsCancellationRequested)
        {
            Answer?.Invoke(null, new RequestTimeOutException($"Nobody waited any more when it was the turn of the message handler '{Message.MessageHandler}'."));
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Cancelled, stopping);
        try
        {
            var (isInTime, answer) = await MessageHandlerCall.RunAsync(
                Handler, Message, TimeLimit, exception => Log.MessageHandlerFailed(logger, exception, Message.Project, Message.MessageHandler), ended.Token).ConfigureAwait(false);
            if (isInTime)
                Answer?.Invoke(answer, null);
            else
                LeftBehind(logger, telemetry, stopping);
        }
#pragma warning disable CA1031 // Whatever a handler throws is logged, answered, and goes no further.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (exception is not RejectedRequestException)
            {
                Log.MessageHandlerFailed(logger, exception, Message.Project, Message.MessageHandler);
                telemetry.ProjectHandlerFailed("exception");
            }

            // The sender hears nothing of the handler's inside.
            Answer?.Invoke(null, exception as RejectedRequestException ?? (MessagingException)new CallbackException("The message handler failed."));
        }
    }

    private void LeftBehind(ILogger logger, Telemetry telemetry, CancellationToken stopping)
    {
        if (stopping.IsCancellationRequested)
        {
            Answer?.Invoke(null, new SessionClosedException("Its recipient is closed."));
            return;
        }

        if (!Cancelled.IsCancellationRequested)
        {
            Log.MessageHandlerTooSlow(logger, Message.Project, Message.MessageHandler, TimeLimit);
            telemetry.ProjectHandlerFailed("timeout");
        }

        Answer?.Invoke(null, new RequestTimeOutException($"The message handler '{Message.MessageHandler}' took longer than {TimeLimit}."));
    }
}
