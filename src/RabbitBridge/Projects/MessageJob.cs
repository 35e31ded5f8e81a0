using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;

namespace RabbitBridge.Projects;

/// <summary>A message on its way through a handler of this process.</summary>
internal sealed class MessageJob(ProjectMessage message, IMessageHandler handler, TimeSpan timeLimit, ILogger logger, Telemetry telemetry) : PumpedMessage
{
    /// <summary>Takes the outcome of a request; <see langword="null"/> for a message.</summary>
    public Action<object?, MessagingException?>? Answer { get; init; }

    /// <summary>Cancelled when nobody waits for the answer.</summary>
    public CancellationToken NobodyWaits { get; init; }

    public override int Bytes => message.Json.Length;

    public override TimeSpan TimeLimit => timeLimit;

    public override CancellationToken Cancelled => NobodyWaits;

    // An async method of its own: what the handler leaves in its context, such as the span, ends with it.
    public override async Task<object?> RunAsync(CancellationToken left) =>
        await HandleAsync(telemetry.StartProjectProcess(message), handler, message, left).ConfigureAwait(false);

    public override void Handled(object? answer) => Answer?.Invoke(answer, null);

    public override void Failed(Exception exception)
    {
        if (exception is not RejectedRequestException)
        {
            Log.MessageHandlerFailed(logger, exception, message.Project, message.MessageHandler);
            telemetry.ProjectHandlerFailed("exception");
        }

        // The sender hears nothing of the handler's inside.
        Answer?.Invoke(null, exception as RejectedRequestException ?? (MessagingException)new CallbackException("The message handler failed."));
    }

    public override void LeftBehind(LeftReason reason)
    {
        base.LeftBehind(reason);
        switch (reason)
        {
            case LeftReason.TimeOver:
                Log.MessageHandlerTooSlow(logger, message.Project, message.MessageHandler, timeLimit);
                telemetry.ProjectHandlerFailed("timeout");
                Answer?.Invoke(null, new RequestTimeOutException($"The message handler '{message.MessageHandler}' took longer than {timeLimit}."));
                break;
            case LeftReason.NobodyWaits:
                Answer?.Invoke(null, new RequestTimeOutException($"Nobody waits any more for the message handler '{message.MessageHandler}'."));
                break;
            default:
                Answer?.Invoke(null, new SessionClosedException("Its recipient is closed."));
                break;
        }
    }

    public override void Report(Exception exception) => Log.MessageHandlerFailed(logger, exception, message.Project, message.MessageHandler);
}
