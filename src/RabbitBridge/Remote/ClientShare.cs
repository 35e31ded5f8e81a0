using RabbitBridge.Filters;
using RabbitBridge.Messages;

namespace RabbitBridge.Remote;

/// <summary>What one remote client costs beside what waits for it: its unanswered requests, and the answers that are held until it takes up others.</summary>
/// <param name="room">What all clients have together.</param>
/// <param name="sender">Sends the requests of all of the gateway's sessions, whose number has a limit, too.</param>
/// <param name="maxRequests">How many unanswered requests it may have.</param>
/// <param name="maxRequestBytes">How many bytes these may have; the last of them may have more.</param>
/// <param name="maxHeldBytes">How many bytes of answers to its filter requests may be held.</param>
internal sealed class ClientShare(ClientRoom room, RequestSender sender, int maxRequests, long maxRequestBytes, long maxHeldBytes)
{
    private const int Part = 8;
    private const int Least = 64;

    private readonly HeldAnswers _held = new(maxHeldBytes);
    private int _requests;
    private long _requestBytes;

    /// <summary>Whether it may have another request of a size.</summary>
    /// <exception cref="OverloadedException">It may not.</exception>
    public void CheckRequest(long bytes)
    {
        var requests = Volatile.Read(ref _requests);
        if (requests >= maxRequests)
            throw new OverloadedException($"The session has {requests} unanswered requests, as many as it may (Remote:MaxRequests).");
        if (requests >= Math.Max(Least, sender.FreeRequests / Part))
            throw new OverloadedException($"The session has {requests} unanswered requests, an eighth of what others leave at the gateway (Gateway:MaxOutstandingRequests).");
        // Whoever has them keeps them until they are answered.
        var taken = Interlocked.Read(ref _requestBytes);
        if (taken >= maxRequestBytes)
            throw new OverloadedException($"The session's unanswered requests have {taken} bytes, as many as they may (Remote:MaxRequestBytes).");
        if (!room.Takes(taken, bytes))
            throw new OverloadedException($"The session's unanswered requests have {taken} bytes, as many as other clients leave for {bytes} more (Remote:MaxTotalBytes).");
    }

    /// <summary>It has another request, or several in one.</summary>
    public void Opened(long bytes, int requests = 1)
    {
        Interlocked.Add(ref _requests, requests);
        Interlocked.Add(ref _requestBytes, bytes);
        if (bytes >= ClientRoom.Small)
            room.Add(bytes);
    }

    public void Closed(long bytes, int requests = 1)
    {
        Interlocked.Add(ref _requests, -requests);
        Interlocked.Add(ref _requestBytes, -bytes);
        if (bytes >= ClientRoom.Small)
            room.Add(-bytes);
    }

    /// <summary>Takes room for an answer that is held.</summary>
    /// <returns>Whether there was any.</returns>
    public bool TryHold(int bytes)
    {
        if (!room.Takes(_held.Taken, bytes) || !_held.TryTake(bytes))
            return false;
        room.Add(bytes);
        return true;
    }

    public void GiveBack(int bytes)
    {
        _held.GiveBack(bytes);
        room.Add(-bytes);
    }
}
