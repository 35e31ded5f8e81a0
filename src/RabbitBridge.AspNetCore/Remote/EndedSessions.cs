using System.Security.Cryptography;
using System.Text;

namespace RabbitBridge.AspNetCore.Remote;

/// <summary>
/// Sessions that others have closed, for as long as their clients may come back to them. Such a client hears why; one that heard of no session would open
/// another one, as after the death of its gateway, and go on.
/// </summary>
/// <param name="timeProvider">The clock.</param>
/// <param name="grace">How long clients come back.</param>
internal sealed class EndedSessions(TimeProvider timeProvider, TimeSpan grace)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SessionId, string> _keys = [];
    private readonly Queue<(SessionId Id, long At)> _order = new();

    /// <summary>Compares secrets in a time that tells nothing of them.</summary>
    public static bool IsSame(string? key, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(key ?? string.Empty), Encoding.UTF8.GetBytes(other));

    public void Add(SessionId id, string key)
    {
        lock (_gate)
        {
            Sweep();
            if (_keys.TryAdd(id, key))
                _order.Enqueue((id, timeProvider.GetTimestamp()));
        }
    }

    /// <summary>Whether another session has closed this one, if whoever asks knows its secret.</summary>
    public bool Contains(SessionId id, string? key)
    {
        lock (_gate)
        {
            Sweep();
            return _keys.TryGetValue(id, out var known) && IsSame(key, known);
        }
    }

    private void Sweep()
    {
        while (_order.TryPeek(out var oldest) && timeProvider.GetElapsedTime(oldest.At) > grace)
        {
            _order.Dequeue();
            _keys.Remove(oldest.Id);
        }
    }
}
