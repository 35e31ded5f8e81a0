using System.Diagnostics.CodeAnalysis;
using System.Text;
using RabbitBridge.Filters;

namespace RabbitBridge;

/// <summary>
/// An expression over session properties that selects sessions. Immutable, and equal to another one with the same canonical text.
/// <para>
/// Clauses: <c>KEY is "value"</c> or <c>eq</c>; <c>ne</c>, which is exactly <c>not KEY is "value"</c> and so matches sessions
/// without the property; <c>KEY in ["a", "b"]</c>, also with braces or bare; <c>KEY matches "regex"</c>, for the whole value and without
/// backtracking, at most 16 times, with at most 200 counted repetitions altogether and no class in a class; <c>has KEY</c>;
/// <c>hasRoles ["a", "b"]</c>, all of them; <c>all</c>. They are combined by <c>not</c>, <c>and</c>, <c>or</c>, in falling
/// precedence, and parentheses. Operators are read in any case; keys and values are case-sensitive. Values are in single or
/// double quotes; <c>\</c> escapes quotes and itself. <c>$Roles</c> is compared as a set. A key that starts with <c>$</c> is one of
/// <see cref="SessionProperty"/>; another one is an error.
/// </para>
/// </summary>
/// <remarks>The language is that of Diffusion's session filters; where its text is silent, the rules are RabbitBridge's.</remarks>
public sealed class SessionFilter : IEquatable<SessionFilter>
{
    /// <summary>The longest text that is parsed, in UTF-16 characters.</summary>
    public const int MaxLength = 262_144;

    private readonly string _text;

    /// <exception cref="InvalidFilterException">The canonical text would be no filter.</exception>
    internal SessionFilter(FilterExpression expression)
    {
        if (expression.Depth > FilterExpression.MaxDepth)
            throw Refuse($"the filter nests deeper than {FilterExpression.MaxDepth} levels");
        if (expression.RegexCount > MatchesExpression.MaxCount)
            throw Refuse(MatchesExpression.TooMany);
        if (expression.RegexRepetitions > MatchesExpression.MaxRepetitions)
            throw Refuse(MatchesExpression.TooLarge);
        var text = new StringBuilder();
        expression.Print(text);
        if (text.Length > MaxLength)
            throw Refuse($"the filter has {text.Length} characters in its canonical form; {MaxLength} are allowed");
        (Expression, _text) = (expression, text.ToString());
    }

    /// <summary>The filter that matches every session: <c>all</c>.</summary>
    public static SessionFilter All { get; } = new(AllExpression.Instance);

    internal FilterExpression Expression { get; }

    /// <summary>Reads a filter.</summary>
    /// <param name="text">The filter's text, at most <see cref="MaxLength"/> characters.</param>
    /// <returns>The filter.</returns>
    /// <exception cref="InvalidFilterException">The text is no filter; the error lists every problem with its place.</exception>
    public static SessionFilter Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var filter, out var errors) ? filter : throw new InvalidFilterException(errors);
    }

    /// <summary>Reads a filter, without throwing.</summary>
    /// <param name="text">The filter's text, at most <see cref="MaxLength"/> characters; its canonical text is not longer either.</param>
    /// <param name="filter">The filter when the result is <see langword="true"/>.</param>
    /// <param name="errors">Every problem, in the order of the text, and at most 20; empty when the result is <see langword="true"/>.</param>
    /// <returns>Whether the text is a filter.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out SessionFilter? filter, out IReadOnlyList<FilterError> errors)
    {
        filter = null;
        if (text is null or { Length: > MaxLength })
        {
            errors = [new FilterError(text is null ? "there is no filter" : $"the filter has {text.Length} characters; {MaxLength} are allowed", 1, 1)];
            return false;
        }

        var found = new FilterErrors(text);
        var expression = FilterParser.Parse(text, found);
        errors = found.InOrder();
        if (errors.Count > 0)
            return false;
        try
        {
            filter = new SessionFilter(expression);
            return true;
        }
        catch (InvalidFilterException exception)
        {
            errors = exception.Errors;
            return false;
        }
    }

    /// <summary>Escapes a text for use between quotes in a filter: a backslash before each quote and backslash, and nothing else.</summary>
    /// <param name="value">The text.</param>
    /// <returns>The escaped text, without quotes around it.</returns>
    public static string Escape(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return FilterText.Escape(value);
    }

    /// <summary>Whether a session with these properties is selected.</summary>
    /// <param name="properties">The session's properties, as in <see cref="ISession.Properties"/>.</param>
    /// <returns>Whether the filter matches.</returns>
    /// <exception cref="InvalidFilterException">A regular expression took longer than 1 s for one value.</exception>
    public bool Matches(IReadOnlyDictionary<string, string> properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        return Expression.Matches(properties);
    }

    /// <summary>The filter that matches what this one and the other match.</summary>
    /// <param name="other">The other filter.</param>
    /// <returns>The combination.</returns>
    /// <exception cref="InvalidFilterException">The result nests too deep, is too long, or has too many regular expressions.</exception>
    public SessionFilter And(SessionFilter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new SessionFilter(AndExpression.Of([Expression, other.Expression]));
    }

    /// <summary>The filter that matches what this one or the other matches.</summary>
    /// <param name="other">The other filter.</param>
    /// <returns>The combination.</returns>
    /// <exception cref="InvalidFilterException">The result nests too deep, is too long, or has too many regular expressions.</exception>
    public SessionFilter Or(SessionFilter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new SessionFilter(OrExpression.Of([Expression, other.Expression]));
    }

    /// <summary>The filter that matches what this one does not.</summary>
    /// <returns>The negation.</returns>
    /// <exception cref="InvalidFilterException">The result nests too deep, is too long, or has too many regular expressions.</exception>
    public SessionFilter Not() => new(Expression.Negate());

    /// <summary>The canonical text: it parses to an equal filter.</summary>
    /// <returns>The text, with operators in lower case, values in double quotes, lists in brackets and no needless parentheses.</returns>
    public override string ToString() => _text;

    /// <inheritdoc/>
    public bool Equals(SessionFilter? other) => other is not null && (ReferenceEquals(this, other) || _text == other._text);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SessionFilter);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    private static InvalidFilterException Refuse(string message) => new([new FilterError(message, 1, 1)]);
}
