using System.Text;
using System.Text.Json;

namespace RabbitBridge;

/// <summary>Finds in written JSON what the serialiser has put in the place of half surrogate pairs: it replaces them without a word.</summary>
internal static class HalfSurrogates
{
    private static ReadOnlySpan<byte> Replacement => "\\uFFFD"u8;

    /// <summary>Whether JSON, written with the default encoder, has a replacement: one of the serialiser's, or one that the value has itself.</summary>
    public static bool MayBeIn(ReadOnlySpan<byte> json) => json.IndexOf(Replacement) >= 0;

    /// <summary>Looks at the same value as the relaxed encoder writes it, which escapes no replacement that the value has itself.</summary>
    /// <exception cref="InvalidMessageDataException">There is half of a surrogate pair; the error says where.</exception>
    public static void Refuse(ReadOnlySpan<byte> relaxedJson)
    {
        var reader = new Utf8JsonReader(relaxedJson, new JsonReaderOptions { MaxDepth = int.MaxValue });
        // For each level the name or index that is being read.
        var path = new List<(string? Name, int Index)>();
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                path.RemoveAt(path.Count - 1);
                continue;
            }

            if (reader.TokenType == JsonTokenType.PropertyName)
                path[^1] = (reader.GetString(), 0);
            else if (path.Count > 0 && path[^1].Name is null)
                path[^1] = (null, path[^1].Index + 1);
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && HasReplacement(reader.ValueSpan))
                throw new InvalidMessageDataException($"The text at {Show(path)} has half of a surrogate pair, which no UTF-8 stands for.");
            if (reader.TokenType == JsonTokenType.StartArray)
                path.Add((null, -1));
            else if (reader.TokenType == JsonTokenType.StartObject)
                path.Add((string.Empty, 0));
        }
    }

    private static bool HasReplacement(ReadOnlySpan<byte> escaped)
    {
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '\\')
                continue;
            if (escaped[i..].StartsWith(Replacement))
                return true;
            // What is escaped may be a backslash.
            i++;
        }

        return false;
    }

    private static string Show(List<(string? Name, int Index)> path)
    {
        var text = new StringBuilder("$");
        foreach (var (name, index) in path)
            _ = name is null ? text.Append('[').Append(index).Append(']') : text.Append('.').Append(name);
        return text.ToString();
    }
}
