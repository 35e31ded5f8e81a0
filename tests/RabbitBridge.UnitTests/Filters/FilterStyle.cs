namespace RabbitBridge.UnitTests.Filters;

/// <summary>One of the ways to write the same filter: cases, white space, quotes, list forms and needless parentheses vary.</summary>
internal sealed class FilterStyle(int seed)
{
    private readonly Random _random = new(seed);

    public bool Chance(int percent) => _random.Next(100) < percent;

    public string Any(params string[] choices) => choices[_random.Next(choices.Length)];

    public string Space() => Any(" ", " ", " ", "  ", "\t", "\n", "\r\n");

    public string Word(string word) =>
        Chance(60) ? word : string.Concat(word.Select(character => Chance(50) ? char.ToUpperInvariant(character) : char.ToLowerInvariant(character)));

    public string Value(string value)
    {
        var quote = Any("\"", "'");
        var escaped = value.Replace("\\", "\\\\", StringComparison.Ordinal);
        foreach (var character in new[] { "\"", "'" })
        {
            if (character == quote || Chance(50))
                escaped = escaped.Replace(character, "\\" + character, StringComparison.Ordinal);
        }

        return quote + escaped + quote;
    }

    public string List(IEnumerable<string> values)
    {
        var items = string.Join(Any(",", ", ", " ", " , ", "\n"), values.Select(Value));
        return Any(items, $"[{items}]", $"{{{items}}}", $"[ {items} ]", $"{{{Space()}{items}{Space()}}}");
    }
}
