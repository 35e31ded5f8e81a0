using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;
using RabbitBridge.Sessions;

namespace RabbitBridge.Projects;

/// <summary>A message handler of a session in this process.</summary>
internal sealed class QueuedSink(IMessageHandler handler, Lazy<MessagePump> queue, ILogger logger, Telemetry telemetry) : IMessageSink
{
    private static readonly TimeSpan TimeLimit = new MessageHandlerOptions().TimeLimit;

    public SendStatus Take(ProjectMessage message) =>
        queue.Value.TryAdd(new MessageJob(message, handler, TimeLimit, logger, telemetry)) ? SendStatus.Sent : SendStatus.Overloaded;
}
