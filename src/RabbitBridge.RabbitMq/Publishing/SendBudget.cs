namespace RabbitBridge.RabbitMq.Publishing;

/// <summary>The bytes of values that an epoch may hold until the broker has taken them.</summary>
internal sealed class SendBudget(long limit)
{
    private long _taken;

    /// <summary>The part that may be for one other gateway.</summary>
    public long LinkLimit => limit / 2;

    public long Taken => Interlocked.Read(ref _taken);

    /// <returns>Whether there was room; a value larger than all of it may go alone.</returns>
    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) is var after && (after <= limit || after == bytes))
            return true;
        GiveBack(bytes);
        return false;
    }

    public void GiveBack(int bytes)
    {
        if (bytes > 0)
            Interlocked.Add(ref _taken, -bytes);
    }
}
