using RabbitBridge.Fabric;

namespace RabbitBridge.Filters;

/// <summary>The bytes of answers to filter requests that wait here because those who asked have yet to take up others.</summary>
/// <param name="limit">How many there may be.</param>
internal sealed class HeldAnswers(long limit)
{
    private long _taken;

    /// <summary>What an answer is counted as.</summary>
    public static int SizeOf(in ResponseEnvelope answer) => answer.Payload.Length + (sizeof(char) * (answer.ErrorMessage?.Length ?? 0));

    /// <summary>Takes room for an answer.</summary>
    /// <param name="bytes">Its size.</param>
    /// <param name="own">What whoever takes it holds already, who may not hold more than remains for others.</param>
    /// <returns>Whether there was any.</returns>
    public bool TryTake(int bytes, long own = 0)
    {
        var before = Interlocked.Add(ref _taken, bytes) - bytes;
        if (own + bytes <= limit - before)
            return true;
        GiveBack(bytes);
        return false;
    }

    public void GiveBack(int bytes) => Interlocked.Add(ref _taken, -bytes);
}
