using System.Buffers;
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
