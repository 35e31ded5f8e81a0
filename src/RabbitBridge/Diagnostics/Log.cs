using System.Net;
using Microsoft.Extensions.Logging;

namespace RabbitBridge.Diagnostics;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "The handler for '{Path}' of session {Session} failed.")]
    public static partial void HandlerFailed(ILogger logger, Exception exception, string path, SessionId session);

    [LoggerMessage(2, LogLevel.Error, "The handler for '{Path}' of session {Session} failed after its request was answered or abandoned.")]
    public static partial void HandlerFailedAfterAnswer(ILogger logger, Exception exception, string path, SessionId session);

    [LoggerMessage(3, LogLevel.Error, "A callback of session {Session} failed.")]
    public static partial void CallbackFailed(ILogger logger, Exception exception, SessionId session);

    [LoggerMessage(4, LogLevel.Information, "Gateway {Name} has joined; its inbox is {Address}.")]
    public static partial void GatewayJoined(ILogger logger, string name, string address);

    [LoggerMessage(5, LogLevel.Warning, "Gateway {Name} with the inbox {Address} is lost: {Why}.")]
    public static partial void GatewayLost(ILogger logger, string name, string address, string why);

    [LoggerMessage(50, LogLevel.Information, "Gateway {Name} has lost its inbox {Address}, and may be back within {Milliseconds} ms.")]
    public static partial void GatewayAway(ILogger logger, string name, string address, int milliseconds);

    [LoggerMessage(12, LogLevel.Information, "Gateway {Name} with the inbox {Address} has left.")]
    public static partial void GatewayLeft(ILogger logger, string name, string address);

    [LoggerMessage(13, LogLevel.Information, "Gateway {Name} has closed its connection.")]
    public static partial void FabricLeft(ILogger logger, string name);

    [LoggerMessage(14, LogLevel.Warning, "Another gateway has the name {Name} of this one too; its inbox is {Address}. What is meant for one of them by its name reaches either: give each gateway a name of its own (Gateway:Name).")]
    public static partial void NameTwice(ILogger logger, string name, string address);

    [LoggerMessage(6, LogLevel.Warning, "Gave up waiting for {What} after {Milliseconds} ms.")]
    public static partial void RosterNotSettled(ILogger logger, string what, int milliseconds);

    [LoggerMessage(7, LogLevel.Information, "Gateway {Name} is connected; its inbox is {Address}.")]
    public static partial void FabricUp(ILogger logger, string name, string address);

    [LoggerMessage(8, LogLevel.Warning, "Gateway {Name} has lost its connection: {Reason} {Failed} requests in flight have failed.")]
    public static partial void FabricDown(ILogger logger, string name, string reason, int failed);

    [LoggerMessage(11, LogLevel.Error, "A filter request failed in this gateway.")]
    public static partial void DispatchFailed(ILogger logger, Exception exception);

    [LoggerMessage(10, LogLevel.Warning, "The bindings for session filters could not be changed; they are tried again.")]
    public static partial void BindingsFailed(ILogger logger, Exception exception);

    [LoggerMessage(30, LogLevel.Information, "The security settings have changed and hold from now on.")]
    public static partial void SecurityReloaded(ILogger logger);

    [LoggerMessage(31, LogLevel.Error, "The changed security settings hold mistakes; those before stay in force. {Problems}")]
    public static partial void SecurityNotReloaded(ILogger logger, string problems);

    [LoggerMessage(32, LogLevel.Debug, "'{Principal}' from {Address} over {Transport} was authenticated by {Authenticator}.")]
    public static partial void Authenticated(ILogger logger, string principal, IPAddress? address, string transport, string authenticator);

    [LoggerMessage(33, LogLevel.Warning, "'{Principal}' from {Address} over {Transport} was refused: {Why}.")]
    public static partial void AuthenticationDenied(ILogger logger, string principal, IPAddress? address, string transport, string why);

    [LoggerMessage(34, LogLevel.Error, "{Authenticator} failed, and so '{Principal}' from {Address} was refused.")]
    public static partial void AuthenticatorFailed(ILogger logger, Exception exception, string authenticator, string principal, IPAddress? address);

    [LoggerMessage(38, LogLevel.Error, "{Authorizer} failed, and so nothing was permitted.")]
    public static partial void AuthorizerFailed(ILogger logger, Exception exception, string authorizer);

    [LoggerMessage(48, LogLevel.Warning, "A session of '{Principal}' was refused: it names the project '{Project}', which is not for its roles.")]
    public static partial void ProjectDenied(ILogger logger, string principal, string project);

    [LoggerMessage(39, LogLevel.Warning, "{Authenticator} gave the session of '{Principal}' the property '{Key}', which only the gateway sets; it was dropped.")]
    public static partial void AuthenticatorsPropertyDropped(ILogger logger, string authenticator, string principal, string key);

    [LoggerMessage(12, LogLevel.Error, "Session {Session} could not be closed in order.")]
    public static partial void CloseFailed(ILogger logger, Exception exception, SessionId session);

    [LoggerMessage(35, LogLevel.Warning, "The proposed property '{Key}' was dropped: {Problem}")]
    public static partial void ProposedPropertyNotDecided(ILogger logger, string key, string problem);

    [LoggerMessage(36, LogLevel.Warning, "'{Principal}' from {Address} proposed {Count} properties whose keys start with $; they were dropped.")]
    public static partial void ForgedProperties(ILogger logger, string principal, IPAddress? address, int count);

    [LoggerMessage(37, LogLevel.Warning, "'{Principal}' from {Address} proposed {Count} properties that are not trusted, the first of them '{Key}'; they were dropped.")]
    public static partial void UntrustedProperties(ILogger logger, string principal, IPAddress? address, int count, string key);

    [LoggerMessage(40, LogLevel.Error, "The message handler '{MessageHandler}' of the project '{Project}' failed.")]
    public static partial void MessageHandlerFailed(ILogger logger, Exception exception, string project, string messageHandler);

    [LoggerMessage(41, LogLevel.Error, "The message handler '{MessageHandler}' of the project '{Project}' took longer than {Limit}; the next message goes on without it.")]
    public static partial void MessageHandlerTooSlow(ILogger logger, string project, string messageHandler, TimeSpan limit);

    [LoggerMessage(42, LogLevel.Warning, "{Count} project messages waited for handlers of what was closed, and were dropped.")]
    public static partial void MessagesDropped(ILogger logger, int count);

    [LoggerMessage(45, LogLevel.Information, "The service on '{Path}', {Route}: {State}. {Problem}")]
    public static partial void ServiceChanged(ILogger logger, string path, string route, ServiceState state, string problem);

    [LoggerMessage(46, LogLevel.Warning, "The service on '{Path}', {Route}, could not be looked at; that is tried again.")]
    public static partial void ServiceNotSeen(ILogger logger, Exception exception, string path, string route);

    [LoggerMessage(47, LogLevel.Warning, "The service on '{Path}', {Route}, stays bound at the broker, though no gateway has it any more.")]
    public static partial void ServiceNotUnbound(ILogger logger, Exception exception, string path, string route);

    [LoggerMessage(49, LogLevel.Warning, "Queues that services have bound by themselves: {Problem}")]
    public static partial void BoundQueueNotSeen(ILogger logger, string problem);

    [LoggerMessage(44, LogLevel.Error, "What message handlers do when their time is over failed.")]
    public static partial void MessageHandlerCallbackFailed(ILogger logger, Exception exception);

    [LoggerMessage(43, LogLevel.Debug, "A project message for the server '{Server}' has no receipt: {Why}")]
    public static partial void ProjectServerFailed(ILogger logger, string server, string why);

    [LoggerMessage(53, LogLevel.Error, "A listener to spans or measurements failed; nothing else did.")]
    public static partial void ListenerFailed(ILogger logger, Exception exception);

    [LoggerMessage(9, LogLevel.Error, "The gateway's housekeeping failed and goes on.")]
    public static partial void TickFailed(ILogger logger, Exception exception);
}
