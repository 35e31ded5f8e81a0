using System.Text.Json;

namespace RabbitBridge.Benchmarks.Callers;

/// <summary>A record as applications send them. Four parameters: with more, System.Text.Json takes a slower way to read it.</summary>
internal sealed record Quote(string Symbol, double Bid, double Ask, long Volume)
{
    /// <summary>A quote that has as many bytes in JSON as the body.</summary>
    public static Quote OfBytes(ReadOnlyMemory<byte> body)
    {
        var quote = new Quote("RBRG", 101.25, 101.5, 123_456);
        var length = JsonSerializer.SerializeToUtf8Bytes(quote, QuoteJson.Default.Quote).Length;
        return length <= body.Length
            ? quote with { Symbol = quote.Symbol.PadRight(quote.Symbol.Length + body.Length - length, 'X') }
            : throw new InvalidDataException($"A quote has at least {length} bytes.");
    }
}
