namespace RabbitBridge;

/// <summary>Something with a deadline. The links belong to the <see cref="TimeoutWheel"/> and are guarded by its buckets.</summary>
internal abstract class Expiring
{
    internal Expiring? Next;
    internal Expiring? Previous;

    /// <summary>
    /// The tick at which the entry is due, which says whose lock guards it; negative when it was taken out as due and its turn
    /// has not come; 0 while it is in no bucket.
    /// </summary>
    internal long ExpiryTick;

    public abstract void OnExpired();
}
