using System.Buffers;

namespace RabbitBridge.Messages;

/// <summary>A buffer for each thread in which values are written before they are copied to where they go.</summary>
internal static class ScratchBuffer
{
    // A thread keeps no more than this, however large a value it once wrote.
    private const int KeptBytes = 256 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? Kept;

    /// <summary>Takes the thread's buffer, or a new one if a caller further up holds it.</summary>
    public static ArrayBufferWriter<byte> Take()
    {
        var buffer = Kept ?? new ArrayBufferWriter<byte>(1024);
        Kept = null;
        return buffer;
    }

    public static void Return(ArrayBufferWriter<byte> buffer)
    {
        if (buffer.Capacity > KeptBytes)
            return;
        buffer.ResetWrittenCount();
        Kept = buffer;
    }
}
