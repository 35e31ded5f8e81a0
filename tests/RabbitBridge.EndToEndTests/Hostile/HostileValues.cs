using System.Text;

namespace RabbitBridge.EndToEndTests.Hostile;

/// <summary>Random and mutated values, the same for the same seed: of every length that a limit has, and of all kinds of characters.</summary>
internal sealed class HostileValues(int seed)
{
    private const int Longest = 200_000;

    private static readonly string[] Seeds =
    [
        "", "/", "a", "a/b/c", "//", "$a", "$rabbitbridge/x", "*", "#", "a.b", "%2E", "%", "a*b", "application/json", "text/plain; charset=utf-8", "text/plain;charset=\"x",
        "application/vnd.rabbitbridge.frame", "application/vnd.rabbitbridge.record-v2", "application/vnd.rabbitbridge.project-message", "all", "$Principal is 'x'",
        "a in ['b','c']", "not (has a or b ne \"c\")", "a matches \"(x+)+y\"", "hasRoles ['r']", "$SessionId eq '0123456789abcdef-0123456789abcdef'",
        "0123456789abcdef-0123456789abcdef", "ffffffffffffffff-0000000000000000", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "rabbitbridge.frame", "rabbitbridge.probe", "request",
        "CG", "north", "south", "ok", "error", "count", "UNHANDLED_MESSAGE", "-1", "0", "2147483648", "9223372036854775808", "1e999", "NaN", "null", "{}", "[]", "{\"a\":1}", "\"", "'", "\\",
        "\0", "\r\nwarn: forged", "\u001b[31m", "\ufeff", "\u202e", "\ud83d\ude00", "\ud800", "\udc00", "e\u0301", "\uffff", "\u2028",
    ];

    // What some limit has, and one less and more.
    private static readonly int[] Lengths = [0, 1, 2, 127, 128, 129, 254, 255, 256, 257, 1023, 1024, 4095, 4096, 4097, 8191, 32_767, 65_535, 65_536, 131_072, Longest];

    private readonly Random _random = new(seed);

    /// <summary>How many values there were.</summary>
    public int Count { get; private set; }

    public bool Chance(double probability) => _random.NextDouble() < probability;

    public int Next(int limit) => _random.Next(limit);

    public T Pick<T>(params IReadOnlyList<T> values) => values[_random.Next(values.Count)];

    /// <summary>A text; most are short, for a long one costs as much as thousands.</summary>
    public string Text(int longest = Longest)
    {
        Count++;
        var text = _random.Next(10) switch
        {
            < 3 => Pick(Seeds),
            < 7 => Mutate(Pick(Seeds)),
            < 9 => Characters(_random.Next(24)),
            _ when _random.Next(25) == 0 => Repeat(Pick(Lengths)),
            _ => Repeat(Pick(Lengths[..10])),
        };
        return text.Length <= longest ? text : text[..longest];
    }

    /// <summary>A text whose UTF-8 has no more bytes than an AMQP short string.</summary>
    public string ShortText()
    {
        var text = Text(255);
        while (Encoding.UTF8.GetByteCount(text) > 255)
            text = text[..(text.Length / 2)];
        return text;
    }

    public string? MaybeText(int longest = Longest) => Chance(0.2) ? null : Text(longest);

    public int Number()
    {
        Count++;
        return Pick(0, 1, -1, 2, 100, 255, 256, 65_536, int.MaxValue, int.MinValue, _random.Next());
    }

    /// <summary>A request's time: none that would make a test wait.</summary>
    public int? Milliseconds()
    {
        Count++;
        return Pick<int?>(1, 10, 100, 100, -1, int.MinValue);
    }

    public byte[] Bytes()
    {
        Count++;
        var bytes = new byte[Pick(0, 1, 8, 64, 300)];
        _random.NextBytes(bytes);
        return bytes;
    }

    public SessionId Session(params SessionId[] known) => Chance(0.5) ? Pick(known) : new SessionId(Pick(known).Gateway, Pick(0UL, 1UL, ulong.MaxValue));

    public List<string> Texts(int most) => [.. Enumerable.Range(0, _random.Next(most)).Select(_ => Text(5000))];

    /// <summary>A value of an AMQP header, of every type that there is.</summary>
    public object? Header(int depth = 0)
    {
        Count++;
        return _random.Next(depth < 3 ? 16 : 14) switch
        {
            0 or 1 or 2 => Text(20_000),
            3 => Bytes(),
            4 => null,
            5 => _random.Next(2) == 0,
            6 => Number(),
            7 => (long)Number() * Number(),
            8 => (short)_random.Next(),
            9 => (byte)_random.Next(),
            10 => (sbyte)_random.Next(),
            // No NaN: the broker itself ends the connection over it, with an internal error.
            11 => _random.NextDouble() * Pick(1, double.MaxValue, double.Epsilon),
            12 => (float)_random.NextDouble(),
            13 => new RabbitMQ.Client.AmqpTimestamp(_random.NextInt64()),
            14 => Enumerable.Range(0, _random.Next(5)).Select(_ => Header(depth + 1)).ToList(),
            _ => Enumerable.Range(0, _random.Next(5)).ToDictionary(static i => $"k{i}", _ => Header(depth + 1)),
        };
    }

    /// <summary>Changes, inserts or removes some bytes.</summary>
    public byte[] Mutate(ReadOnlySpan<byte> bytes)
    {
        Count++;
        var mutated = new List<byte>(bytes.ToArray());
        for (var i = _random.Next(1, 6); i > 0; i--)
        {
            var at = _random.Next(mutated.Count + 1);
            if (at == mutated.Count || _random.Next(3) == 0)
                mutated.Insert(at, (byte)_random.Next(256));
            else if (_random.Next(2) == 0)
                mutated.RemoveAt(at);
            else
                mutated[at] = (byte)_random.Next(256);
        }

        return [.. mutated];
    }

    private string Mutate(string text)
    {
        var at = _random.Next(text.Length + 1);
        return _random.Next(4) switch
        {
            0 => text.Insert(at, Characters(1 + _random.Next(3))),
            1 => text[..at],
            2 => text[..at] + Characters(1) + (at < text.Length ? text[(at + 1)..] : ""),
            _ => text + Pick(Seeds),
        };
    }

    private string Characters(int length) => string.Create(length, _random, static (characters, random) =>
    {
        foreach (ref var character in characters)
        {
            character = (char)(random.Next(6) switch
            {
                0 => random.Next(0x20),
                1 => random.Next(0x7F, 0xA0),
                2 => random.Next(0xD800, 0xE000),
                3 => random.Next(0x10000),
                _ => random.Next(0x20, 0x7F),
            });
        }
    });

    private string Repeat(int length) => new(Pick('x', 'x', '/', '.', '\u00e4', '\u20ac', '(', '\0'), length);
}
