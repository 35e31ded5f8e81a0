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
    /// <param name="own">What whoever takes it holds already, who may hold half of what others leave; <see langword="null"/> if it may hold all of it.</param>
    /// <returns>Whether there was any.</returns>
    public bool TryTake(int bytes, long? own = null)
    {
        for (var taken = Interlocked.Read(ref _taken); bytes <= Room(taken, own); taken = Interlocked.Read(ref _taken))
        {
            if (Interlocked.CompareExchange(ref _taken, taken + bytes, taken) == taken)
                return true;
        }

        return false;
    }

    public void GiveBack(int bytes) => Interlocked.Add(ref _taken, -bytes);

    private long Room(long taken, long? own) => own is { } held ? ((limit - (taken - held)) / 2) - held : limit - taken;
}
