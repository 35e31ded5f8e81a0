namespace RabbitBridge.Remote;

/// <summary>
/// What all remote clients of a gateway together may cost, in bytes: what waits for them, answers that are held for them, their unanswered requests. Each may have a part
/// of what is free at that moment, as the ports of a switch share its memory by dynamic thresholds: a few may have much, and however many take all that they may, something
/// is left for whoever comes next.
/// </summary>
/// <param name="bytes">How many there may be, to within what <see cref="Least"/> allows each.</param>
internal sealed class ClientRoom(long bytes)
{
    /// <summary>What a client may have whatever others have.</summary>
    public const int Least = 128 * 1024;

    /// <summary>Smaller requests are not counted here: their number has a limit.</summary>
    public const int Small = 4096;

    private const int Part = 8;

    private long _taken;
    private int _clients;

    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Whether there is nothing left. Only what cannot be refused takes the last.</summary>
    public bool IsExhausted => Taken >= bytes;

    /// <summary>What each client could have if all had the same.</summary>
    public long Average => Math.Max(Least, bytes / Math.Max(1, Volatile.Read(ref _clients)));

    public void Entered() => Interlocked.Increment(ref _clients);

    public void Left() => Interlocked.Decrement(ref _clients);

    public void Add(long change) => Interlocked.Add(ref _taken, change);

    /// <summary>Whether a client may have more.</summary>
    /// <param name="own">What it has.</param>
    /// <param name="size">How much more.</param>
    public bool Takes(long own, long size)
    {
        var free = bytes - Taken;
        return own <= Math.Max(Least, free / Part) && (size < Small || size <= free / 2);
    }
}
