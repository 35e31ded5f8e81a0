using System.Buffers;
using System.Text;

namespace RabbitBridge.Filters;

/// <summary>Cuts a filter's text into tokens.</summary>
internal static class FilterLexer
{
    /// <summary>What ends a word, and so what a session property's key cannot hold.</summary>
    public static readonly SearchValues<char> EndOfWord = SearchValues.Create(
        [.. "\"'()[]{},", .. Enumerable.Range(0, char.MaxValue + 1).Select(static code => (char)code).Where(char.IsWhiteSpace)]);

    /// <param name="text">The filter.</param>
    /// <param name="errors">Takes at most <see cref="FilterErrors.Max"/> problems, the first ones.</param>
    /// <param name="isCut">Whether the end of the text is inside a value.</param>
    public static List<FilterToken> Read(string text, FilterErrors errors, out bool isCut)
    {
        isCut = false;
        var tokens = new List<FilterToken>((text.Length / 8) + 4);
        for (var at = 0; at < text.Length;)
        {
            switch (text[at])
            {
                case ' ' or '\t' or '\r' or '\n':
                    at++;
                    break;
                case '"' or '\'':
                    tokens.Add(ReadValue(text, ref at, errors, out isCut));
                    break;
                case '(' or ')' or '[' or ']' or '{' or '}' or ',':
                    tokens.Add(new FilterToken(text[at], text[at].ToString(), at));
                    at++;
                    break;
                case var space when char.IsWhiteSpace(space):
                    // It looks like a space: that a word does not end there, or that it does, would surprise somebody.
                    if (errors.Count < FilterErrors.Max)
                        errors.Add(at, $"U+{(int)space:X4} is no white space of filters; write a space, a tab or a line break");
                    while (at < text.Length && char.IsWhiteSpace(text[at]))
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
        var word = text[start..at];
        return new FilterToken(FilterTokenKind.OfWord.GetValueOrDefault(word, FilterTokenKind.Word), word, start);
    }

    private static FilterToken ReadValue(string text, ref int at, FilterErrors errors, out bool isCut)
    {
        var start = at;
        var quote = text[at++];
        var length = text.AsSpan(at).IndexOfAny(quote, '\\');
        isCut = false;
        if (length >= 0 && text[at + length] == quote)
        {
            at += length + 1;
            return new FilterToken(FilterTokenKind.Value, text.Substring(start + 1, length), start);
        }

        var value = new StringBuilder();
        while (at < text.Length && text[at] != quote)
        {
            if (text[at] == '\\')
            {
                at++;
                if (at == text.Length)
                    break;
                if (text[at] is not ('"' or '\'' or '\\') && errors.Count < FilterErrors.Max)
                {
                    var character = FilterText.Show(text.Substring(at, at + 1 < text.Length && char.IsSurrogatePair(text, at) ? 2 : 1));
                    errors.Add(at - 1, $"'\\{character}' is no escape; \\ stands before a quote or another \\ only, so write '\\\\{character}' for a backslash");
                }
            }

            value.Append(text[at++]);
        }

        isCut = at == text.Length;
        if (!isCut)
            at++;
        else if (errors.Count < FilterErrors.Max)
            errors.Add(start, $"the value that begins here has no closing {quote}");
        return new FilterToken(FilterTokenKind.Value, value.ToString(), start);
    }
}
