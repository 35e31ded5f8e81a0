using Microsoft.Extensions.Logging;

namespace RabbitBridge.Hosting;

internal static partial class HostingLog
{
    [LoggerMessage(1, LogLevel.Warning, "The host's session {Session} is lost, and another one is being opened.")]
    public static partial void OpensAgain(ILogger logger, SessionId session);

    [LoggerMessage(2, LogLevel.Warning, "The host's session could not be opened; the next attempt is in {Seconds} s. {Why}")]
    public static partial void NotOpened(ILogger logger, double seconds, string why);

    [LoggerMessage(3, LogLevel.Error, "The host's session {Session} was closed for good: its handlers get no requests any more, and what the host sends fails.")]
    public static partial void Over(ILogger logger, SessionId session);

    [LoggerMessage(4, LogLevel.Warning, "A handler of the host could not be withdrawn: {Why}")]
    public static partial void NotWithdrawn(ILogger logger, string why);

    [LoggerMessage(5, LogLevel.Warning, "The host's handlers have not answered all requests within {Seconds} s; those that are left end with SESSION_CLOSED.")]
    public static partial void NotAnswered(ILogger logger, double seconds);
}
