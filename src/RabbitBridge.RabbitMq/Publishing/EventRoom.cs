namespace RabbitBridge.RabbitMq.Publishing;

/// <summary>The room for mirrored events that wait for the broker in one epoch.</summary>
internal sealed class EventRoom
{
    private const int MaxEvents = 10_000;

    private int _taken;

    /// <returns>Whether there is room; if so, <see cref="GiveBack"/> gives it back.</returns>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= MaxEvents)
            return true;
        GiveBack();
        return false;
    }

    public void GiveBack() => Interlocked.Decrement(ref _taken);
}
