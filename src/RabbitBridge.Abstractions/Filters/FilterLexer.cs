using System.Buffers;
using System.Text;

namespace RabbitBridge.Filters;

/// <summary>Cuts a filter's text into tokens.</summary>
internal static class FilterLexer
{
    // What a session property's key cannot hold ends a word.
    private static readonly SearchValues<char> EndOfWord = SearchValues.Create(" \t\r\n\"'()");

    public static List<FilterToken> Read(string text, FilterErrors errors)
    {
        var tokens = new List<FilterToken>();
        for (var at = 0; at < text.Length;)
        {
            switch (text[at])
            {
                case ' ' or '\t' or '\r' or '\n':
                    at++;
                    break;
                case '"' or '\'':
                    tokens.Add(ReadValue(text, ref at, errors));
                    break;
                case '(' or ')' or '[' or ']' or '{' or '}' or ',':
                    tokens.Add(new FilterToken(FilterTokenKind.Sign, text[at].ToString(), at));
                    at++;
                    break;
                default:
                    tokens.Add(ReadWord(text, ref at));
                    break;
            }
        }

        tokens.Add(new FilterToken(FilterTokenKind.End, string.Empty, text.Length));
        return tokens;
    }

    private static FilterToken ReadWord(string text, ref int at)
    {
        var start = at;
        var length = text.AsSpan(at).IndexOfAny(EndOfWord);
        at = length < 0 ? text.Length : at + length;
        // A key may hold a bracket; 'in[' and 'hasRoles{' are the operators nevertheless.
        var list = text.AsSpan(start, at - start).IndexOfAny('[', '{');
        if (list > 0 && text.AsSpan(start, list) is var word
            && (word.Equals("in", StringComparison.OrdinalIgnoreCase) || word.Equals("hasRoles", StringComparison.OrdinalIgnoreCase)))
            at = start + list;
        return new FilterToken(FilterTokenKind.Word, text[start..at], start);
    }

    private static FilterToken ReadValue(string text, ref int at, FilterErrors errors)
    {
        var start = at;
        var quote = text[at++];
        var value = new StringBuilder();
        while (at < text.Length && text[at] != quote)
        {
            if (text[at] == '\\')
            {
                at++;
                if (at == text.Length)
                    break;
                if (text[at] is not ('"' or '\'' or '\\'))
                    errors.Add(at - 1, $"'\\{text[at]}' is no escape; \\ stands before a quote or another \\ only, so write '\\\\{text[at]}' for a backslash");
            }

            value.Append(text[at++]);
        }

        if (at < text.Length)
            at++;
        else
            errors.Add(start, $"the value that begins here has no closing {quote}");
        return new FilterToken(FilterTokenKind.Value, value.ToString(), start);
    }
}
