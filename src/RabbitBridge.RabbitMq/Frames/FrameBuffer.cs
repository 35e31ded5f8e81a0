using System.Buffers;
using System.Collections.Concurrent;

namespace RabbitBridge.RabbitMq.Frames;

/// <summary>The bytes of one frame while it is filled and until the broker has confirmed it. Buffers are used again.</summary>
internal sealed class FrameBuffer
{
    private const int KeptBuffers = 64;
    private const int KeptBytes = 512 * 1024;

    private static readonly ConcurrentQueue<FrameBuffer> Kept = new();

    private FrameBuffer()
    {
    }

    public ArrayBufferWriter<byte> Writer { get; } = new(4096);

    public ReadOnlyMemory<byte> Bytes => Writer.WrittenMemory;

    /// <summary>When the frame was begun, in milliseconds; 0 if it does not tell.</summary>
    public long BeganAt { get; set; }

    /// <summary>Where in it stands when it was sent.</summary>
    public int SentPosition { get; set; }

    /// <summary>What was taken for its values from the epoch's <see cref="Publishing.SendBudget"/>.</summary>
    public int Charge { get; set; }

    /// <summary>How many messages the frame holds.</summary>
    public int Items { get; set; }

    /// <summary>How often its responses were refused before.</summary>
    public int Attempt { get; set; }

    /// <summary>How many of them are responses.</summary>
    public int Responses { get; set; }

    /// <summary>
    /// The number of the one request or response in it that may go without a confirm if nothing else joins it; 0 if there is none.
    /// </summary>
    public long LoneId { get; set; }

    public static FrameBuffer Take() => Kept.TryDequeue(out var buffer) ? buffer : new FrameBuffer();

    public void Return()
    {
        if (Writer.Capacity > KeptBytes || Kept.Count >= KeptBuffers)
            return;
        Writer.ResetWrittenCount();
        (Items, Responses, Attempt, LoneId, BeganAt, SentPosition, Charge) = (0, 0, 0, 0, 0, 0, 0);
        Kept.Enqueue(this);
    }
}
