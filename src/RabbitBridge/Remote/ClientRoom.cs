namespace RabbitBridge.Remote;

/// <summary>
/// What all remote clients of a gateway together may cost: bytes that wait for them, are held for them, or belong to their unanswered requests, and the number of these.
/// Each may have a part of what is free at that moment, as the ports of a switch share its memory by dynamic thresholds: a few may have much, and the more there are that
/// take what they may, the less is each one's part.
/// </summary>
/// <param name="bytes">How many there may be. Beyond that is what each client may have in any case.</param>
/// <param name="freeRequests">How many more unanswered requests the gateway has room for.</param>
internal sealed class ClientRoom(long bytes, Func<int> freeRequests)
{
    /// <summary>How many bytes a client may have whatever others have, in small pieces.</summary>
    public const int LeastBytes = 128 * 1024;

    /// <summary>How many unanswered requests a client may have whatever others have.</summary>
    public const int LeastRequests = 64;

    // What there is room for in any case.
    private const int Small = 4096;

    // Of what is left, for one client: alone it may have a third of all.
    private const int Part = 2;

    private long _taken;

    public long Taken => Interlocked.Read(ref _taken);

    public long Free => Math.Max(0, bytes - Taken);

    public int FreeRequests => freeRequests();

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
}
