using System.Text;
using System.Text.RegularExpressions;

namespace RabbitBridge.Filters;

/// <summary><c>KEY matches "regex"</c>: the property is set, and the whole of it matches.</summary>
internal sealed class MatchesExpression(string key, string pattern, int repetitions) : FilterExpression
{
    /// <summary>Longer ones are no filters but programs.</summary>
    public const int MaxPatternLength = 1000;

    /// <summary>How many a filter may have: each takes its time to be built, and to be matched.</summary>
    public const int MaxCount = 16;

    /// <summary>What <c>{20}</c> and the like may amount to in a whole filter; an automaton has a state for each repetition at least.</summary>
    public const int MaxRepetitions = 200;

    // The bounds on patterns keep matching short. This is for what they do not foresee, and so long that a thread which has to wait for a processor does not fail a filter.
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(1);

    private Regex? _regex;

    /// <summary>The message about more than <see cref="MaxCount"/> of them.</summary>
    public static string TooMany { get; } = $"the filter has more than {MaxCount} regular expressions";

    public string Key => key;

    public string Pattern => pattern;

    public override int RegexCount => 1;

    public override int RegexRepetitions => repetitions;

    /// <summary>The message about more than <see cref="MaxRepetitions"/> of them.</summary>
    public static string TooLarge { get; } =
        $"the counts in the braces of the filter's regular expressions, multiplied where they nest, amount to more than {MaxRepetitions} repetitions";

    /// <summary>Looks for problems that can be found without building the automaton.</summary>
    /// <param name="pattern">The regular expression.</param>
    /// <param name="allowed">How many repetitions it may have.</param>
    /// <param name="repetitions">How many it has, if nothing is wrong.</param>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static string? Check(string pattern, int allowed, out int repetitions)
    {
        repetitions = 0;
        try
        {
            // Bare: 'a)|(?:b' is none, and the message shows what was written.
            _ = new Regex(pattern, RegexOptions.CultureInvariant);
        }
        catch (ArgumentException exception)
        {
            return $"the regular expression is not valid: {FilterText.Show(exception.Message.TrimEnd('.'), int.MaxValue)}";
        }

        if (PatternRepetitions.Count(pattern) is not { } count)
            return @"the regular expression has a '[' between brackets; write '\[' for the character";
        if (count > allowed)
            return TooLarge;
        repetitions = (int)count;
        return null;
    }

    /// <summary>Builds the automaton; once, before the first match.</summary>
    /// <exception cref="NotSupportedException">The pattern, which is a regular expression, needs backtracking or is too large.</exception>
    public void Compile() =>
        // The line break ends a comment, in which the first sign of the option is not read; otherwise the option makes it white space.
        _regex = new Regex($"\\A(?:{pattern}(?x)\n)\\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeLimit);

    public override bool Matches(IReadOnlyDictionary<string, string> properties) =>
        properties.TryGetValue(key, out var actual) && IsMatch(actual);

    public override void Print(StringBuilder text) =>
        FilterText.AppendQuoted(text.Append(key).Append(" matches "), pattern);

    /// <exception cref="InvalidFilterException">The pattern takes longer than a filter may.</exception>
    public bool IsMatch(string value)
    {
        try
        {
            return _regex!.IsMatch(value);
        }
        catch (RegexMatchTimeoutException exception)
        {
            throw new InvalidFilterException(
                $"The regular expression '{FilterText.Show(pattern)}' takes longer than {TimeLimit.TotalMilliseconds} ms for one value; make it simpler.",
                exception);
        }
    }
}
