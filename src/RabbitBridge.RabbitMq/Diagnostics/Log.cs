using Microsoft.Extensions.Logging;

namespace RabbitBridge.RabbitMq.Diagnostics;

internal static partial class Log
{
    [LoggerMessage(101, LogLevel.Warning, "A message from the broker was refused ({Fault}, {Count} since the last such line): {Detail}")]
    public static partial void BadInput(ILogger logger, InputFault fault, string detail, long count);

    [LoggerMessage(102, LogLevel.Warning, "Connecting to {Broker} failed; the next attempt is in {Delay} ms: {Problem}")]
    public static partial void ConnectFailed(ILogger logger, string broker, long delay, string problem);

    [LoggerMessage(103, LogLevel.Warning, "The broker blocks this gateway's messages: {Reason}")]
    public static partial void Blocked(ILogger logger, string reason);

    [LoggerMessage(104, LogLevel.Information, "The broker takes this gateway's messages again.")]
    public static partial void Unblocked(ILogger logger);

    [LoggerMessage(105, LogLevel.Debug, "Closing the {Role} connection did not go smoothly.")]
    public static partial void CloseFailed(ILogger logger, Exception exception, string role);

    [LoggerMessage(106, LogLevel.Warning, "The queue {Queue} was taken away; it is declared and consumed anew.")]
    public static partial void ConsumerCancelled(ILogger logger, string queue);

    [LoggerMessage(107, LogLevel.Warning, "Binding '{Branch}' failed and is tried again: {Problem}")]
    public static partial void BindFailed(ILogger logger, string branch, string problem);

    [LoggerMessage(108, LogLevel.Error, "A message from the broker could not be handled.")]
    public static partial void DeliveryFailed(ILogger logger, Exception exception);

    [LoggerMessage(109, LogLevel.Warning, "{Count} responses could not be delivered: {Why}.")]
    public static partial void ResponsesLost(ILogger logger, int count, string why);

    [LoggerMessage(110, LogLevel.Warning, "The gateway stops before its last messages were confirmed: {Problem}")]
    public static partial void NotDrained(ILogger logger, string problem);

    [LoggerMessage(111, LogLevel.Error, "The certificate of the broker {Broker} is not taken: {Problem}")]
    public static partial void CertificateRefused(ILogger logger, string broker, string problem);

    [LoggerMessage(112, LogLevel.Warning, "NOT PROTECTED: the certificate of the broker {Broker} is NOT CHECKED, because Tls:AcceptAnyServer is set. Anybody on the way can read and change all messages, and the password.")]
    public static partial void AnyServerAccepted(ILogger logger, string broker);

    [LoggerMessage(113, LogLevel.Warning, "The queue of '{Branch}' cannot be consumed, and is tried again: {Problem}. Plain AMQP clients do not reach the gateway by it; everything else goes on.")]
    public static partial void BranchNotConsumed(ILogger logger, string branch, string problem);

    [LoggerMessage(114, LogLevel.Information, "The queue of '{Branch}' is consumed again.")]
    public static partial void BranchConsumed(ILogger logger, string branch);

    [LoggerMessage(115, LogLevel.Debug, "{What} was given up, and did not go smoothly after that.")]
    public static partial void StepAbandoned(ILogger logger, Exception exception, string what);
}
