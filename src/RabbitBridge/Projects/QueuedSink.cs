namespace RabbitBridge.Projects;

/// <summary>A message handler of a session in this process.</summary>
internal sealed class QueuedSink(IMessageHandler handler, Lazy<MessageQueue> queue, TimeSpan timeLimit) : IMessageSink
{
    public SendStatus Take(ProjectMessage message) =>
        queue.Value.TryAdd(new MessageJob(message, handler, timeLimit, Answer: null, CancellationToken.None)) ? SendStatus.Sent : SendStatus.Overloaded;
}
