using System.Collections.Concurrent;

namespace RabbitBridge.Remote;

/// <summary>
/// What all remote clients of a gateway together may cost: bytes that wait for them, are held for them, or belong to their unanswered requests, and the number of these.
/// Each may have a part of what is free at that moment, as the ports of a switch share its memory by dynamic thresholds, so that a few may have much. Where little is left
/// because they keep it, whoever has most must go.
/// </summary>
/// <param name="bytes">How many there may be. Beyond that is what each client may have in any case.</param>
/// <param name="requests">How many unanswered requests there may be at the gateway.</param>
/// <param name="freeRequests">How many more there may be.</param>
internal sealed class ClientRoom(long bytes, int requests, Func<int> freeRequests)
{
    /// <summary>How many bytes a client may have whatever others have, in small pieces.</summary>
    public const int LeastBytes = 128 * 1024;

    /// <summary>How many unanswered requests a client may have whatever others have.</summary>
    public const int LeastRequests = 64;

    // What there is room for in any case.
    private const int Small = 4096;

    // Of what is left, for one client: alone it may have a third of all.
    private const int Part = 2;

    // Below this part of all, little is left.
    private const int Scarce = 16;

    // Nobody has to go who has no more than so many times the least.
    private const int Spared = 4;

    private const int MillisecondsBetween = 100;

    private readonly ConcurrentDictionary<ClientShare, bool> _clients = new();
    private long _taken;
    private long _relievedAt;

    public long Taken => Interlocked.Read(ref _taken);

    public long Free => Math.Max(0, bytes - Taken);

    public int FreeRequests => freeRequests();

    private bool IsScarce => Free < bytes / Scarce;

    private bool AreRequestsScarce => freeRequests() < requests / Scarce;

    public void Enter(ClientShare client) => _clients[client] = true;

    public void Leave(ClientShare client) => _clients.TryRemove(client, out _);

    public void Add(long change) => Interlocked.Add(ref _taken, change);

    /// <summary>Whether a client may have more.</summary>
    /// <param name="own">What it has.</param>
    /// <param name="size">How much more.</param>
    public bool Takes(long own, long size)
    {
        var part = Free / Part;
        return own <= Math.Max(LeastBytes, part) && (size < Small || size <= part);
    }

    /// <summary>Whether a client that has so many unanswered requests may have another one.</summary>
    public bool TakesRequest(int own) => own < LeastRequests || own < freeRequests() / Part;

    /// <summary>Has whoever has most go, if little is left. Not on this thread, which may hold locks, and ten times a second at most.</summary>
    public void Relieve()
    {
        if (!IsScarce && !AreRequestsScarce)
            return;
        var (now, last) = (Environment.TickCount64, Volatile.Read(ref _relievedAt));
        if (now - last >= MillisecondsBetween && Interlocked.CompareExchange(ref _relievedAt, now, last) == last)
            ThreadPool.UnsafeQueueUserWorkItem(static room => room.CloseDearest(), this, preferLocal: false);
    }

    private void CloseDearest()
    {
        if (IsScarce)
            Close(static client => client.Bytes, Spared * LeastBytes);
        if (AreRequestsScarce)
            Close(static client => client.Requests, Spared * LeastRequests);
    }

    private void Close(Func<ClientShare, long> cost, long spared)
    {
        var dearest = _clients.Select(static each => each.Key).Where(static client => !client.IsGivenUp).MaxBy(cost);
        if (dearest is not null && cost(dearest) > spared)
            dearest.GiveUp();
    }
}
