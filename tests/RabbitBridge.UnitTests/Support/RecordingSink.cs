using System.Collections.Concurrent;
using RabbitBridge.Fabric;

namespace RabbitBridge.UnitTests;

/// <summary>Keeps the answers that it is given.</summary>
internal sealed class RecordingSink : IReplySink
{
    private readonly ConcurrentQueue<ResponseEnvelope> _replies = new();

    public IReadOnlyList<ResponseEnvelope> Replies => [.. _replies];

    public int Count => _replies.Count;

    public void Reply(in ResponseEnvelope response) => _replies.Enqueue(response);

    public void Abandoned(long id)
    {
    }
}
