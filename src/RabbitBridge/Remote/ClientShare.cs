using RabbitBridge.Filters;

namespace RabbitBridge.Remote;

/// <summary>What one remote client costs: what waits for it, its unanswered requests, and the answers that are held until it takes up others.</summary>
internal sealed class ClientShare
{
    // All clients count in the same place: not with each message.
    private const int Step = 8 * 1024;

    private readonly ClientRoom _room;
    private readonly HeldAnswers _held;
    private readonly int _maxRequests;
    private readonly long _maxRequestBytes;
    private int _requests;
    private long _requestBytes;
    private long _own;
    private long _told;
    private volatile bool _isOver;

    /// <param name="room">What all clients have together.</param>
    /// <param name="maxRequests">How many unanswered requests it may have.</param>
    /// <param name="maxRequestBytes">How many bytes these may have; the last of them may have more.</param>
    /// <param name="maxHeldBytes">How many bytes of answers to its filter requests may be held.</param>
    public ClientShare(ClientRoom room, int maxRequests, long maxRequestBytes, long maxHeldBytes)
    {
        (_room, _maxRequests, _maxRequestBytes) = (room, maxRequests, maxRequestBytes);
        _held = new HeldAnswers(maxHeldBytes);
    }

    /// <summary>What it costs in all.</summary>
    public long Bytes => Interlocked.Read(ref _own);

    /// <summary>Whether it may cost so much more.</summary>
    /// <param name="bytes">How much.</param>
    /// <param name="refusal">Why not.</param>
    public bool Takes(long bytes, out string refusal)
    {
        refusal = string.Empty;
        var own = Bytes;
        if (_room.Takes(own, bytes))
            return true;
        refusal = $"the client costs {own} bytes already, and for {bytes} more all clients together leave too little ({_room.Free} bytes; Remote:MaxTotalBytes).";
        return false;
    }

    /// <summary>Whether it may have another request of a size.</summary>
    /// <exception cref="OverloadedException">It may not.</exception>
    public void CheckRequest(long bytes)
    {
        var requests = Volatile.Read(ref _requests);
        if (requests >= _maxRequests)
            throw new OverloadedException($"The session has {requests} unanswered requests, as many as it may (Remote:MaxRequests).");
        if (!_room.TakesRequest(requests))
            throw new OverloadedException($"The session has {requests} unanswered requests, and the gateway has room for {_room.FreeRequests} more in all (Gateway:MaxOutstandingRequests).");
        // Whoever has them keeps them until they are answered.
        var taken = Interlocked.Read(ref _requestBytes);
        if (taken >= _maxRequestBytes)
            throw new OverloadedException($"The session's unanswered requests have {taken} bytes, as many as they may (Remote:MaxRequestBytes).");
        if (!Takes(bytes, out var refusal))
            throw new OverloadedException($"The request cannot be taken: {refusal}");
    }

    /// <summary>It has another request, or several in one.</summary>
    public void Opened(long bytes, int requests = 1)
    {
        Interlocked.Add(ref _requests, requests);
        Interlocked.Add(ref _requestBytes, bytes);
        Add(bytes);
    }

    public void Closed(long bytes, int requests = 1)
    {
        Interlocked.Add(ref _requests, -requests);
        Interlocked.Add(ref _requestBytes, -bytes);
        Add(-bytes);
    }

    /// <summary>Takes room for an answer that is held.</summary>
    /// <returns>Whether there was any.</returns>
    public bool TryHold(int bytes)
    {
        if (!_room.Takes(Bytes, bytes) || !_held.TryTake(bytes))
            return false;
        Add(bytes);
        return true;
    }

    public void GiveBack(int bytes)
    {
        _held.GiveBack(bytes);
        Add(-bytes);
    }

    /// <summary>It costs so much more, or less.</summary>
    public void Add(long change)
    {
        var own = Interlocked.Add(ref _own, change);
        for (var told = Interlocked.Read(ref _told); MustTell(own, told); (own, told) = (Bytes, Interlocked.Read(ref _told)))
        {
            var tells = _isOver ? 0 : own;
            if (Interlocked.CompareExchange(ref _told, tells, told) == told)
                _room.Add(tells - told);
        }
    }

    /// <summary>The client is gone: it costs nothing from now on.</summary>
    public void End()
    {
        _isOver = true;
        // Whoever tells in this moment looks once more.
        Add(0);
    }

    private bool MustTell(long own, long told) => _isOver || own == 0 ? told != 0 : Math.Abs(own - told) >= Step;
}
