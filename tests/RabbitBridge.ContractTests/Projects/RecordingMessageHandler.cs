using System.Collections.Concurrent;

namespace RabbitBridge.ContractTests;

/// <summary>Remembers what it gets.</summary>
public sealed class RecordingMessageHandler(string name, ConcurrentQueue<(string Handler, int Number)> log) : IMessageHandler
{
    public Task<object?> OnMessageAsync(ProjectMessage message, CancellationToken cancellationToken)
    {
        log.Enqueue((name, message.Payload.GetProperty("n").GetInt32()));
        return Task.FromResult<object?>(null);
    }
}
