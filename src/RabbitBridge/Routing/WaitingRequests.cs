namespace RabbitBridge.Routing;

/// <summary>Requests that wait for a way to go, bounded by their bytes: an outage must not fill the memory.</summary>
internal sealed class WaitingRequests<T>(Func<T, bool> isEnded)
{
    /// <summary>How much may wait at a gateway, in bytes.</summary>
    public const int MaxBytes = 32 * 1024 * 1024;

    // What a request costs besides its payload.
    private const int Overhead = 512;

    private readonly Lock _gate = new();
    private List<(T Request, int Bytes)> _waiting = [];
    private long _bytes;

    /// <summary>Why there is no room, for whoever sent the request.</summary>
    public static string Full => $"Requests of {MaxBytes / (1024 * 1024)} MiB wait at the gateway for a connection already.";

    /// <summary>How much waits, in bytes.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _bytes;
        }
    }

    /// <returns>Whether there is room.</returns>
    public bool TryAdd(T request, int payloadBytes)
    {
        var bytes = payloadBytes + Overhead;
        lock (_gate)
        {
            if (_bytes + bytes > MaxBytes)
                DropEnded();
            if (_bytes + bytes > MaxBytes)
                return false;
            _bytes += bytes;
            _waiting.Add((request, bytes));
            return true;
        }
    }

    /// <summary>Takes out all that have not ended, in order.</summary>
    public IReadOnlyList<T> TakeAll()
    {
        List<(T Request, int Bytes)> all;
        lock (_gate)
        {
            if (_waiting.Count == 0)
                return [];
            (all, _waiting, _bytes) = (_waiting, [], 0);
        }

        return [.. all.Where(each => !isEnded(each.Request)).Select(static each => each.Request)];
    }

    /// <summary>Lets go of what has ended. Called at intervals.</summary>
    public void Sweep()
    {
        lock (_gate)
            DropEnded();
    }

    private void DropEnded()
    {
        _waiting.RemoveAll(each =>
        {
            if (!isEnded(each.Request))
                return false;
            _bytes -= each.Bytes;
            return true;
        });
    }
}
