using RabbitBridge.Sessions;
using Kind = RabbitBridge.Filters.FilterTokenKind;

namespace RabbitBridge.Filters;

/// <summary>
/// Reads a filter by recursive descent. After a problem it goes on behind the next <c>and</c>, <c>or</c> or parenthesis, so that
/// one attempt shows every problem.
/// </summary>
internal sealed class FilterParser
{
    private const string Clause = "a property's key, 'has', 'hasRoles', 'all', 'not' or '('";

    private readonly FilterErrors _errors;
    private readonly List<FilterToken> _tokens;
    private readonly bool _isCut;
    private readonly int _maxErrors;
    private readonly List<FilterToken> _open = [];
    private readonly List<(MatchesExpression Expression, int Position)> _matches = [];
    private int _repetitions;
    private int _at;
    private int _recoveredAt = -1;
    private bool _isStopped;

    private FilterParser(string text, FilterErrors errors)
    {
        _errors = errors;
        _tokens = FilterLexer.Read(text, errors, out _isCut);
        // Those of the lexer may be anywhere in the text; the first ones are told.
        _maxErrors = errors.Count + FilterErrors.Max;
    }

    private FilterToken Current => _tokens[_at];

    /// <returns>The expression, which means something only if no error was added.</returns>
    public static FilterExpression Parse(string text, FilterErrors errors)
    {
        var parser = new FilterParser(text, errors);
        if (parser.Current.Kind == Kind.End)
        {
            errors.Add(0, "the filter is empty; 'all' matches every session");
            return AllExpression.Instance;
        }

        var filter = parser.ReadFilter();
        // A value without its end has swallowed what would close them.
        foreach (var open in parser._isCut ? [] : parser._open)
            parser.Add(open, "this '(' is not closed");
        if (filter.Depth > FilterExpression.MaxDepth)
            errors.Add(0, $"the filter nests deeper than {FilterExpression.MaxDepth} levels");
        if (errors.Count == 0)
            parser.Compile();
        return filter;
    }

    /// <summary>Reads up to the end, or to the end of the parentheses.</summary>
    private FilterExpression ReadFilter()
    {
        var filter = ReadOr();
        while (Current.Kind != Kind.End && (Current.Kind != ')' || _open.Count == 0))
        {
            if (Current.Kind == ')')
                Add(Take(), "this ')' closes nothing");
            else
                AddOperatorExpected();
            Recover();
            if (Accept(Kind.And, Kind.WrongAnd) || Accept(Kind.Or, Kind.WrongOr))
                ReadOr();
        }

        return filter;
    }

    private FilterExpression ReadOr()
    {
        var first = ReadAnd();
        List<FilterExpression>? operands = null;
        while (Accept(Kind.Or, Kind.WrongOr))
            (operands ??= [first]).Add(ReadAnd());
        return operands is null ? first : OrExpression.Of(operands);
    }

    private FilterExpression ReadAnd()
    {
        var first = ReadUnary();
        List<FilterExpression>? operands = null;
        while (Accept(Kind.And, Kind.WrongAnd))
            (operands ??= [first]).Add(ReadUnary());
        return operands is null ? first : AndExpression.Of(operands);
    }

    private FilterExpression ReadUnary()
    {
        // Counted rather than nested: each pair of them cancels itself.
        var isNegated = false;
        for (; Current.Kind == Kind.Not ? !IsKey() : Current.Kind == Kind.WrongNot && !IsComparison(_tokens[_at + 1]); _at++)
        {
            if (Current.Kind == Kind.WrongNot)
                AddExpected(Clause);
            isNegated = !isNegated;
        }

        var operand = Current.Kind == '(' ? ReadParentheses() : ReadClause();
        return isNegated ? operand.Negate() : operand;
    }

    private FilterExpression ReadParentheses()
    {
        if (_open.Count == FilterExpression.MaxDepth)
        {
            Add(Current, $"parentheses nest deeper than {FilterExpression.MaxDepth} levels");
            _isStopped = true;
            return Fail(null);
        }

        _open.Add(Take());
        var inner = ReadFilter();
        if (Current.Kind == Kind.End)
            return inner;
        _open.RemoveAt(_open.Count - 1);
        _at++;
        return inner;
    }

    private FilterExpression ReadClause()
    {
        if (Current.Kind is Kind.Word or Kind.WrongNot || IsKey())
            return ReadComparison(TakeKey());
        switch (Current.Kind)
        {
            case Kind.All:
                _at++;
                return AllExpression.Instance;
            case Kind.Has:
                _at++;
                return IsWord(Current) ? new HasExpression(TakeKey().Text) : Fail("a property's key after 'has'");
            case Kind.HasRoles:
                _at++;
                return ReadList("'hasRoles'") is { } roles ? new HasRolesExpression(roles) : Fail(null);
            default:
                return Fail(Clause);
        }
    }

    private FilterExpression ReadComparison(FilterToken key)
    {
        if (!IsComparison(Current))
            return Fail($"'is', 'eq', 'ne', 'in' or 'matches' after the key {key.Description}", OperationHint(key));
        var operation = Take();
        if (operation.Kind == Kind.In)
            return ReadList("'in'") is { } values ? new InExpression(key.Text, values) : Fail(null);
        if (Current.Kind != Kind.Value)
            return Fail($"a value in quotes after '{operation.Text}'", Current.Kind == Kind.Not ? "; write 'ne'" : null);
        if (operation.Kind == Kind.Matches)
            return CreateMatches(key.Text, Take());
        var equal = new EqualExpression(key.Text, Take().Text);
        return operation.Kind == Kind.NotEqual ? equal.Negate() : equal;
    }

    private FilterExpression CreateMatches(string key, FilterToken pattern)
    {
        string? problem;
        var repetitions = 0;
        if (_matches.Count == MatchesExpression.MaxCount)
            problem = MatchesExpression.TooMany;
        else if (pattern.Text.Length > MatchesExpression.MaxPatternLength)
            problem = $"the regular expression has {pattern.Text.Length} characters; {MatchesExpression.MaxPatternLength} are allowed";
        else
            problem = MatchesExpression.Check(pattern.Text, MatchesExpression.MaxRepetitions - _repetitions, out repetitions);

        if (problem is not null)
        {
            Add(pattern, problem);
            return AllExpression.Instance;
        }

        _repetitions += repetitions;
        var expression = new MatchesExpression(key, pattern.Text, repetitions);
        _matches.Add((expression, pattern.Position));
        return expression;
    }

    /// <summary>Builds the regular expressions, which is by far the most expensive part, for a filter that is right otherwise.</summary>
    private void Compile()
    {
        foreach (var (expression, position) in _matches)
        {
            try
            {
                expression.Compile();
            }
            catch (NotSupportedException)
            {
                _errors.Add(position, "the regular expression cannot be matched without backtracking, which could hang a gateway: "
                    + @"it has a look-around, a backreference, a condition, an atomic or balancing group or \G, or is too large");
            }
        }
    }

    /// <returns>The distinct values in their order; <see langword="null"/> after a problem.</returns>
    private List<string>? ReadList(string after)
    {
        var close = Current.Kind switch { '[' => ']', '{' => '}', _ => default };
        if (close != default)
            _at++;
        var values = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        while (Current.Kind == Kind.Value)
        {
            var value = Take().Text;
            if (known.Add(value))
                values.Add(value);
            if (Current.Kind != ',')
                continue;
            var comma = Take();
            // At the comma, but because of the end that follows it.
            if (Current.Kind != Kind.Value)
                return FailList(close, Current.Kind == Kind.End && _isCut ? Current : comma, "a value in quotes after ','");
        }

        if (values.Count == 0)
            return FailList(close, Current, $"a list of values in quotes after {after}");
        if (close != default && Take().Kind != close)
            return FailList(close, _tokens[--_at], $"a value in quotes or '{close}' in the list");
        return values;
    }

    /// <summary>Notes a problem in a list, and goes behind the list if its end can be found.</summary>
    private List<string>? FailList(char close, FilterToken place, string expected)
    {
        Add(place, $"expected {expected}, found {Current.Description}{Hint(Current)}");
        var at = _at;
        while (close != default && (_tokens[at].Kind is Kind.Value or ',' || IsWord(_tokens[at])))
            at++;
        if (_tokens[at].Kind == close)
            _at = at + 1;
        return null;
    }

    private FilterToken Take() => _tokens[_at++];

    /// <summary>Takes a property's key. A fixed property that there is not would match no session, without a word.</summary>
    private FilterToken TakeKey()
    {
        var key = Take();
        if (key.Text.StartsWith('$') && !FixedProperties.All.Contains(key.Text))
            Add(key, $"there is no fixed property {key.Description}; the fixed ones are {FixedProperties.Text}, and keys of other properties do not start with '$'");
        return key;
    }

    /// <summary>Takes an operator, also in the spelling of other languages, which is a problem.</summary>
    private bool Accept(char kind, char wrong)
    {
        if (Current.Kind != kind && Current.Kind != wrong)
            return false;
        if (Current.Kind == wrong && _at != _recoveredAt)
            AddOperatorExpected();
        _at++;
        return true;
    }

    /// <summary>Notes a problem. When there are enough of them, no more are told, and the next recovery is at the end.</summary>
    private void Add(FilterToken place, string message)
    {
        // The end comes too early if a value has no end.
        if (_isStopped || (_isCut && place.Kind == Kind.End))
            return;
        _errors.Add(place.Position, message);
        _isStopped = _errors.Count >= _maxErrors;
    }

    private void AddExpected(string expected, string? hint = null)
    {
        if (!_isStopped)
            Add(Current, $"expected {expected}, found {Current.Description}{hint ?? Hint(Current)}");
    }

    private void AddOperatorExpected() => AddExpected(_open.Count == 0 ? "'and' or 'or' or the end" : "'and', 'or' or ')'");

    private AllExpression Fail(string? expected, string? hint = null)
    {
        if (expected is not null)
            AddExpected(expected, hint);
        Recover();
        return AllExpression.Instance;
    }

    /// <summary>Goes to where the filter can be read again: the next <c>and</c> or <c>or</c>, or the end of the parentheses.</summary>
    private void Recover()
    {
        if (_isStopped)
            _at = _tokens.Count - 1;
        for (var open = 0; Current.Kind != Kind.End; _at++)
        {
            if (Current.Kind == '(')
                open++;
            else if (Current.Kind == ')' && --open < 0)
                return;
            else if (open == 0 && Current.Kind is Kind.And or Kind.Or or Kind.WrongAnd or Kind.WrongOr)
                break;
        }

        _recoveredAt = _at;
    }

    /// <summary>Whether the current word, which may look like an operator, is a key: an operator and a value follow.</summary>
    private bool IsKey() => IsWord(Current) && IsComparison(_tokens[_at + 1]) && _tokens[_at + 2].Kind is Kind.Value or '[' or '{';

    private static bool IsWord(FilterToken token) => token.Kind is not (Kind.Value or Kind.End or '(' or ')' or '[' or ']' or '{' or '}' or ',');

    private static bool IsComparison(FilterToken token) => token.Kind is Kind.Equal or Kind.NotEqual or Kind.In or Kind.Matches;

    /// <summary>What somebody who writes this, with or without a space, instead of an operator probably means.</summary>
    private string? OperationHint(FilterToken key)
    {
        if (Current.Kind == Kind.Not && _tokens[_at + 1].Kind == Kind.In)
            return $"; write 'not {FilterText.Show(key.Text)} in'";
        if (Current.Kind != Kind.Value)
            return null;
        if (key.Text.EndsWith("!=", StringComparison.Ordinal) || key.Text.EndsWith("<>", StringComparison.Ordinal))
            return "; write 'ne' between spaces";
        return key.Text.EndsWith('=') ? "; write 'is' between spaces" : null;
    }

    /// <summary>What somebody who writes this probably means.</summary>
    private static string Hint(FilterToken token) => token switch
    {
        { Kind: Kind.Word, Text: "=" or "==" } => "; write 'is'",
        { Kind: Kind.Word, Text: "!=" or "<>" } => "; write 'ne'",
        { Kind: Kind.WrongNot } => "; write 'not'",
        { Kind: Kind.WrongAnd } => "; write 'and'",
        { Kind: Kind.WrongOr } => "; write 'or'",
        _ => string.Empty,
    };
}
