using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;

namespace RabbitBridge.Projects;

/// <summary>A gateway's message handler.</summary>
internal sealed class GatewayHandler(IMessageHandler handler, MessageHandlerOptions options, MessagePump queue, ILogger logger, Telemetry telemetry)
{
    /// <summary>Whether somebody with these roles may send to it.</summary>
    public bool Permits(IEnumerable<string> roles) => options.Roles.Count == 0 || roles.Any(role => options.Roles.Contains(role, StringComparer.Ordinal));

    /// <returns>Whether there was room in its queue.</returns>
    public bool TryTake(ProjectMessage message, Action<object?, MessagingException?>? answer, CancellationToken cancelled) =>
        queue.TryAdd(new MessageJob(message, handler, options.TimeLimit, logger, telemetry) { Answer = answer, NobodyWaits = cancelled });
}
