using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace RabbitBridge.Calls;

/// <summary>Random numbers of the operating system's generator, fetched many at a time: one by one each would be a system call.</summary>
internal static class RandomBits
{
    private const int Numbers = 512;

    [ThreadStatic]
    private static long[]? Buffer;

    [ThreadStatic]
    private static int Left;

    public static long Next()
    {
        var buffer = Buffer ??= new long[Numbers];
        if (Left == 0)
        {
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(buffer.AsSpan()));
            Left = Numbers;
        }

        return buffer[--Left];
    }
}
