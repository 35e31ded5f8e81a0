namespace RabbitBridge;

/// <summary>The answers to a filter request that were sent to a requester which has not told that it has taken them up. Not thread-safe.</summary>
/// <param name="limit">How many there may be.</param>
internal sealed class SentAnswers(int limit)
{
    /// <summary>With so many bytes under way nothing more is sent: a quarter of what may wait for one gateway, or for one client, by default.</summary>
    public const int Bytes = 4 * 1024 * 1024;

    private readonly Queue<int> _sizes = new();

    public int Count => _sizes.Count;

    public long TotalBytes { get; private set; }

    /// <summary>Whether one more may be sent, of whatever size.</summary>
    public bool HasRoom => _sizes.Count < limit && TotalBytes < Bytes;

    public void Sent(int bytes)
    {
        _sizes.Enqueue(bytes);
        TotalBytes += bytes;
    }

    /// <summary>The requester has taken up so many; what it tells beyond what was sent has no effect.</summary>
    public void Taken(int answers)
    {
        for (; answers > 0 && _sizes.TryDequeue(out var bytes); answers--)
            TotalBytes -= bytes;
    }
}
