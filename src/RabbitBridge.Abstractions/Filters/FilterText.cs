using System.Buffers;
using System.Globalization;
using System.Text;

namespace RabbitBridge.Filters;

/// <summary>How values are written in filters.</summary>
internal static class FilterText
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create("\"'\\");

    /// <summary>Puts a backslash before both kinds of quotes and the backslash, and changes nothing else.</summary>
    public static string Escape(string value)
    {
        if (!value.AsSpan().ContainsAny(Escaped))
            return value;
        var text = new StringBuilder(value.Length + 8);
        AppendEscaped(text, value);
        return text.ToString();
    }

    public static StringBuilder AppendQuoted(StringBuilder text, string value)
    {
        text.Append('"');
        AppendEscaped(text, value);
        return text.Append('"');
    }

    public static void AppendList(StringBuilder text, IReadOnlyList<string> values)
    {
        text.Append('[');
        for (var i = 0; i < values.Count; i++)
            AppendQuoted(i > 0 ? text.Append(", ") : text, values[i]);
        text.Append(']');
    }

    /// <summary>Prints an operand, in parentheses if it binds less tightly than its operator.</summary>
    public static void AppendOperand(StringBuilder text, FilterExpression operand, int precedence)
    {
        var needsParentheses = operand.Precedence < precedence;
        if (needsParentheses)
            text.Append('(');
        operand.Print(text);
        if (needsParentheses)
            text.Append(')');
    }

    /// <summary>A piece of a filter as messages show it: in a line, well-formed, and not all of it if it is long.</summary>
    public static string Show(string value, int maxLength = 40)
    {
        var length = Math.Min(value.Length, maxLength);
        if (length < value.Length && char.IsSurrogatePair(value[length - 1], value[length]))
            length--;
        var text = new StringBuilder(length + 1);
        for (var i = 0; i < length; i++)
        {
            if (i + 1 < length && char.IsSurrogatePair(value[i], value[i + 1]))
                text.Append(value[i]).Append(value[++i]);
            else if (char.IsControl(value[i]) || char.IsSurrogate(value[i]))
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)value[i]:X4}");
            else
                text.Append(value[i]);
        }

        return text.Append(length < value.Length ? "…" : string.Empty).ToString();
    }

    private static void AppendEscaped(StringBuilder text, string value)
    {
        foreach (var character in value)
        {
            if (Escaped.Contains(character))
                text.Append('\\');
            text.Append(character);
        }
    }
}
