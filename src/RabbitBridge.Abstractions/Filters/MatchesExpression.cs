using System.Text;
using System.Text.RegularExpressions;

namespace RabbitBridge.Filters;

/// <summary><c>KEY matches "regex"</c>: the property is set, and the whole of it matches.</summary>
internal sealed class MatchesExpression : FilterExpression
{
    /// <summary>Longer ones are no filters but programs.</summary>
    public const int MaxPatternLength = 1000;

    // Matching is linear in the text, but each step of a huge automaton has to be built first.
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMilliseconds(50);

    private readonly Regex _regex;

    /// <exception cref="ArgumentException">The pattern is not a regular expression.</exception>
    /// <exception cref="NotSupportedException">The pattern uses a construct that needs backtracking.</exception>
    public MatchesExpression(string key, string pattern)
    {
        (Key, Pattern) = (key, pattern);
        _regex = new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeLimit);
    }

    public string Key { get; }

    public string Pattern { get; }

    public override bool Matches(IReadOnlyDictionary<string, string> properties) =>
        properties.TryGetValue(Key, out var actual) && IsMatch(actual);

    public override void Print(StringBuilder text) =>
        FilterText.AppendQuoted(text.Append(Key).Append(" matches "), Pattern);

    /// <exception cref="InvalidFilterException">The pattern takes longer than a filter may.</exception>
    public bool IsMatch(string value)
    {
        try
        {
            return _regex.IsMatch(value);
        }
        catch (RegexMatchTimeoutException exception)
        {
            throw new InvalidFilterException(
                $"The regular expression '{Pattern}' takes longer than {TimeLimit.TotalMilliseconds} ms for one value; make it simpler.", exception);
        }
    }
}
