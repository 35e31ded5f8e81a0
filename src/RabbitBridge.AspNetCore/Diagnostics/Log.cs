using RabbitBridge.Remote;

namespace RabbitBridge.AspNetCore.Diagnostics;

/// <summary>What is logged of remote sessions.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Session {Session} of '{Principal}' was opened from {Address} over {Transport}")]
    public static partial void SessionOpened(ILogger logger, SessionId session, string principal, string address, string transport);

    [LoggerMessage(2, LogLevel.Information, "Session {Session} goes on from {Address}")]
    public static partial void SessionResumed(ILogger logger, SessionId session, string address);

    [LoggerMessage(3, LogLevel.Information, "Session {Session} was closed: {Reason}")]
    public static partial void SessionClosed(ILogger logger, SessionId session, SessionCloseReason reason);

    [LoggerMessage(4, LogLevel.Warning, "A client at {Address} was refused with {Reason}: {Message}")]
    public static partial void SessionRefused(ILogger logger, string address, ErrorReason reason, string message);

    [LoggerMessage(5, LogLevel.Warning, "Session {Session} sent what is no frame: {Problem}")]
    public static partial void BadFrame(ILogger logger, SessionId session, string problem);

    [LoggerMessage(6, LogLevel.Error, "Closing session {Session} failed")]
    public static partial void CloseFailed(ILogger logger, Exception exception, SessionId session);

    [LoggerMessage(8, LogLevel.Information, "Gateway {Gateway} stops with {Sessions} sessions; what they have in hand has {Limit}")]
    public static partial void Stopping(ILogger logger, string gateway, int sessions, TimeSpan limit);

    [LoggerMessage(9, LogLevel.Error, "The gateway could not be stopped in order")]
    public static partial void StopFailed(ILogger logger, Exception exception);

    [LoggerMessage(10, LogLevel.Warning, "A client at {Address} did not open a session within {Limit}")]
    public static partial void NothingOpened(ILogger logger, string address, TimeSpan limit);

    [LoggerMessage(11, LogLevel.Warning, "A client at {Address} sent a frame without having a session")]
    public static partial void FrameWithoutSession(ILogger logger, string address);

    [LoggerMessage(12, LogLevel.Warning, "A client at {Address} wanted a second session on its connection")]
    public static partial void OpenedTwice(ILogger logger, string address);

    [LoggerMessage(13, LogLevel.Warning, "A client at {Address} wanted to go on with session {Session} without knowing its key")]
    public static partial void WrongKey(ILogger logger, SessionId session, string address);

    [LoggerMessage(14, LogLevel.Warning, "A client at {Address} sent what is too large, and lost its connection: {Problem}")]
    public static partial void TooLarge(ILogger logger, string address, string problem);

    [LoggerMessage(15, LogLevel.Warning, "A client at {Address} sent what is no message, and lost its connection: {Problem}")]
    public static partial void NoMessage(ILogger logger, string address, string problem);

    [LoggerMessage(16, LogLevel.Warning, "Nothing has come from the client at {Address} for {Limit}; its connection was ended")]
    public static partial void ClientSilent(ILogger logger, string address, TimeSpan limit);

    [LoggerMessage(20, LogLevel.Warning, "A page of the origin {Origin} wanted to connect from {Address}, and may not (Remote:AllowedOrigins)")]
    public static partial void OriginRefused(ILogger logger, string origin, string address);

    [LoggerMessage(21, LogLevel.Warning, "Session {Session} of the client at {Address} tried to speak as a gateway, in a {Type}: {What}. More of it is counted and not logged.")]
    public static partial void ReservedUsed(ILogger logger, SessionId session, string address, RemoteMessageType type, string what);

    [LoggerMessage(17, LogLevel.Information, "Anonymous clients are {Anonymous}; {Principals} principals have passwords, and {Keys} keys sign tokens. Roles: {Roles}. AMQP users: {Users}.")]
    public static partial void LetIn(ILogger logger, string anonymous, int principals, int keys, string roles, string users);

    [LoggerMessage(18, LogLevel.Warning, "NOT PROTECTED: everybody who reaches {Addresses} may do everything, without a name and without a password. Set Security:AnonymousSessions:Allowed=false and Security:Principals or Security:Jwt, and Security:Roles; or listen on localhost only (urls).")]
    public static partial void StandsOpen(ILogger logger, string addresses);

    [LoggerMessage(22, LogLevel.Warning, "The gateway has been without its broker for {Grace}: its {Clients} clients are sent to other gateways; those that find none stay")]
    public static partial void SentAway(ILogger logger, int clients, TimeSpan grace);

    [LoggerMessage(7, LogLevel.Error, "{Operation} of session {Session} failed")]
    public static partial void OperationFailed(ILogger logger, Exception exception, SessionId session, RemoteMessageType operation);
}
