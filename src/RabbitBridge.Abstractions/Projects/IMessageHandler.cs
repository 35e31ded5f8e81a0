namespace RabbitBridge;

/// <summary>Handles messages of a project.</summary>
public interface IMessageHandler
{
    /// <summary>Handles a message. Messages of one queue come one after the other, in the order in which they arrived.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Cancelled when the handler's time is over, when its gateway is stopped or its session closed, and when nobody waits for its answer any more.</param>
    /// <returns>The answer to a request, which must be writable as JSON; nobody sees it for a message.</returns>
    /// <exception cref="RejectedRequestException">Refuses a request. Anything else that is thrown is logged, and answered with CALLBACK_EXCEPTION.</exception>
    Task<object?> OnMessageAsync(ProjectMessage message, CancellationToken cancellationToken);
}
