namespace RabbitBridge.Benchmarks.Callers;

/// <summary>Looks at answers. Comparing all bytes would cost the faster side more than the slower one.</summary>
internal static class Echo
{
    public static void Check(ReadOnlyMemory<byte> response, ReadOnlyMemory<byte> request)
    {
        if (response.Length != request.Length || response.Span[^1] != request.Span[^1])
            throw new InvalidDataException($"The answer to {request.Length} bytes was {response.Length} other bytes.");
    }
}
