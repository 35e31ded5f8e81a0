using Microsoft.Extensions.Logging;

namespace RabbitBridge.Client.Diagnostics;

/// <summary>What the client logs.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "The connection of session {Session} to gateway {Gateway} is lost: {Reason}")]
    public static partial void Disconnected(ILogger logger, SessionId session, string gateway, string reason);

    [LoggerMessage(2, LogLevel.Information, "Session {Session} is connected to gateway {Gateway} again")]
    public static partial void Reconnected(ILogger logger, SessionId session, string gateway);

    [LoggerMessage(13, LogLevel.Information, "Gateway {Gateway} sends session {Session} to another gateway: {Reason}")]
    public static partial void Moving(ILogger logger, SessionId session, string gateway, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Session {Session} at gateway {Gateway} goes on in the place of session {Former}")]
    public static partial void FailedOver(ILogger logger, SessionId former, SessionId session, string gateway);

    [LoggerMessage(4, LogLevel.Information, "Gateway {Address} was tried: {Problem}")]
    public static partial void AttemptFailed(ILogger logger, Uri address, string problem);

    [LoggerMessage(5, LogLevel.Error, "A handler for '{Path}' failed")]
    public static partial void HandlerFailed(ILogger logger, Exception exception, string path);

    [LoggerMessage(14, LogLevel.Error, "A handler for '{Path}' failed after it had answered, or when nobody waited any more")]
    public static partial void HandlerFailedAfterAnswer(ILogger logger, Exception exception, string path);

    [LoggerMessage(6, LogLevel.Error, "A callback failed")]
    public static partial void CallbackFailed(ILogger logger, Exception exception);

    [LoggerMessage(7, LogLevel.Error, "What was registered at '{Path}' could not be registered again: {Problem}")]
    public static partial void NotRegisteredAgain(ILogger logger, string path, string problem);

    [LoggerMessage(8, LogLevel.Error, "The connection is given up: {Problem}")]
    public static partial void ProtocolBroken(ILogger logger, string problem);

    [LoggerMessage(10, LogLevel.Error, "A project message was dropped: {Count} wait for the handlers of this client already, or {Bytes} bytes.")]
    public static partial void ProjectMessageDropped(ILogger logger, int count, int bytes);

    [LoggerMessage(12, LogLevel.Warning, "{Count} project messages waited for handlers when the session ended, and were dropped.")]
    public static partial void ProjectMessagesDroppedAtEnd(ILogger logger, int count);

    [LoggerMessage(11, LogLevel.Error, "The message handler '{MessageHandler}' took longer than {Limit}; the next message goes on without it.")]
    public static partial void MessageHandlerTooSlow(ILogger logger, string messageHandler, TimeSpan limit);

    [LoggerMessage(9, LogLevel.Information, "Session {Session} is closed: {Reason}. {Detail}")]
    public static partial void Closed(ILogger logger, SessionId session, SessionCloseReason reason, string detail);
}
