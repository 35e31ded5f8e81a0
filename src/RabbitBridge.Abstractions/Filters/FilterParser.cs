namespace RabbitBridge.Filters;

/// <summary>
/// Reads a filter by recursive descent. After a problem it goes on behind the next <c>and</c>, <c>or</c> or parenthesis, so that
/// one attempt shows every problem.
/// </summary>
internal sealed class FilterParser
{
    private const string Clause = "a property's key, 'has', 'hasRoles', 'all', 'not' or '('";

    private static readonly string[] Comparisons = ["is", "eq", "ne", "in", "matches"];

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
        if (parser.Current.Kind == FilterTokenKind.End)
        {
            errors.Add(0, "the filter is empty; 'all' matches every session");
            return AllExpression.Instance;
        }

        var filter = parser.ReadOr();
        while (parser.Current.Kind != FilterTokenKind.End)
        {
            if (parser.Current.IsSign(")"))
            {
                parser.Add(parser.Current, "this ')' closes nothing");
                if (!parser._isStopped)
                    parser._at++;
            }
            else
            {
                parser.AddOperatorExpected();
            }

            parser.Recover();
            if (parser.Accept("and") || parser.Accept("or"))
                parser.ReadOr();
        }

        // A value without its end has swallowed what would close them.
        foreach (var open in parser._isCut ? [] : parser._open)
            parser.Add(open, "this '(' is not closed");
        if (filter.Depth > FilterExpression.MaxDepth)
            errors.Add(0, $"the filter nests deeper than {FilterExpression.MaxDepth} levels");
        if (errors.Count == 0)
            parser.Compile();
        return filter;
    }

    private FilterExpression ReadOr()
    {
        var operands = new List<FilterExpression> { ReadAnd() };
        while (Accept("or"))
            operands.Add(ReadAnd());
        return OrExpression.Of(operands);
    }

    private FilterExpression ReadAnd()
    {
        var operands = new List<FilterExpression> { ReadUnary() };
        while (Accept("and"))
            operands.Add(ReadUnary());
        return AndExpression.Of(operands);
    }

    private FilterExpression ReadUnary()
    {
        // Counted rather than nested: each pair of them cancels itself.
        var isNegated = false;
        while ((Current.Is("not") && !IsKey()) || IsExclamationMark())
        {
            if (!Current.Is("not"))
                Add(Current, $"expected {Clause}, found {Current.Description}; write 'not'");
            if (_isStopped)
                break;
            isNegated = !isNegated;
            _at++;
        }

        var operand = Current.IsSign("(") ? ReadParentheses() : ReadClause();
        return isNegated ? operand.Negate() : operand;
    }

    private FilterExpression ReadParentheses()
    {
        var open = Current;
        if (_open.Count == FilterExpression.MaxDepth)
        {
            Add(open, $"parentheses nest deeper than {FilterExpression.MaxDepth} levels");
            Stop();
            return AllExpression.Instance;
        }

        _open.Add(open);
        _at++;
        var inner = ReadOr();
        while (!Current.IsSign(")") && Current.Kind != FilterTokenKind.End)
        {
            AddOperatorExpected();
            Recover();
            if (Accept("and") || Accept("or"))
                ReadOr();
        }

        if (Current.Kind == FilterTokenKind.End)
            return inner;
        _open.RemoveAt(_open.Count - 1);
        _at++;
        return inner;
    }

    private FilterExpression ReadClause()
    {
        if (Current.Kind != FilterTokenKind.Word || (IsOperator(Current) && !IsKey()))
            return Fail($"expected {Clause}, found {Current.Description}{Hint(Current)}");
        if (!IsKey())
        {
            if (Accept("all"))
                return AllExpression.Instance;
            if (Accept("has"))
                return ReadHas();
            if (Current.Is("hasRoles"))
                return ReadHasRoles();
        }

        return ReadComparison();
    }

    private FilterExpression ReadHas()
    {
        if (Current.Kind != FilterTokenKind.Word)
            return Fail($"expected a property's key after 'has', found {Current.Description}{Hint(Current)}");
        var key = Current.Text;
        _at++;
        return new HasExpression(key);
    }

    private FilterExpression ReadHasRoles()
    {
        _at++;
        return ReadList("'hasRoles'") is { } roles ? new HasRolesExpression(roles) : Fail(null);
    }

    private FilterExpression ReadComparison()
    {
        var word = Current;
        var key = word.Text;
        _at++;
        var operation = Current;
        if (!Array.Exists(Comparisons, operation.Is))
            return Fail($"expected 'is', 'eq', 'ne', 'in' or 'matches' after the key {word.Description}, found {operation.Description}{OperationHint(word)}");
        _at++;
        if (operation.Is("in"))
            return ReadList("'in'") is { } values ? new InExpression(key, values) : Fail(null);

        var value = Current;
        if (value.Kind != FilterTokenKind.Value)
            return Fail($"expected a value in quotes after '{operation.Text}', found {value.Description}{(value.Is("not") ? "; write 'ne'" : Hint(value))}");
        _at++;
        if (operation.Is("matches"))
            return CreateMatches(key, value);
        var equal = new EqualExpression(key, value.Text);
        return operation.Is("ne") ? equal.Negate() : equal;
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
        var open = Current;
        var close = open.IsSign("[") ? "]" : open.IsSign("{") ? "}" : null;
        if (close is not null)
            _at++;
        var values = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        while (Current.Kind == FilterTokenKind.Value)
        {
            if (known.Add(Current.Text))
                values.Add(Current.Text);
            _at++;
            if (!Current.IsSign(","))
                continue;
            var comma = Current;
            _at++;
            if (Current.Kind != FilterTokenKind.Value)
                return FailList(close, comma, $"expected a value in quotes after ',', found {Current.Description}{Hint(Current)}");
        }

        if (values.Count == 0)
            return FailList(close, Current, $"expected a list of values in quotes after {after}, found {Current.Description}{Hint(Current)}");
        if (close is not null && !Current.IsSign(close))
            return FailList(close, Current, $"expected a value in quotes or '{close}' in the list, found {Current.Description}{Hint(Current)}");
        _at += close is null ? 0 : 1;
        return values;
    }

    /// <summary>Notes a problem in a list, and goes behind the list if its end can be found.</summary>
    private List<string>? FailList(string? close, FilterToken place, string message)
    {
        // At the comma, but because of the end that follows it.
        Add(Current.Kind == FilterTokenKind.End && _isCut ? Current : place, message);
        if (close is null)
            return null;
        var at = _at;
        while (_tokens[at].Kind is FilterTokenKind.Word or FilterTokenKind.Value || _tokens[at].IsSign(","))
            at++;
        if (_tokens[at].IsSign(close))
            _at = at + 1;
        return null;
    }

    /// <summary>Takes an operator, also in the spelling of other languages, which is a problem.</summary>
    private bool Accept(string word)
    {
        if (Current.Is(word))
        {
            _at++;
            return true;
        }

        if (Symbol(Current) != word)
            return false;
        if (_at != _recoveredAt)
            AddOperatorExpected();
        if (_isStopped)
            return false;
        _at++;
        return true;
    }

    /// <summary>Notes a problem. When there are enough of them, the rest of the filter is not read.</summary>
    private void Add(FilterToken place, string message)
    {
        // The end comes too early if a value has no end.
        if (_isStopped || (_isCut && place.Kind == FilterTokenKind.End))
            return;
        _errors.Add(place.Position, message);
        if (_errors.Count >= _maxErrors)
            Stop();
    }

    private void AddOperatorExpected() => Add(
        Current, $"expected {(_open.Count == 0 ? "'and' or 'or' or the end" : "'and', 'or' or ')'")}, found {Current.Description}{Hint(Current)}");

    private void Stop()
    {
        _isStopped = true;
        _at = _tokens.Count - 1;
    }

    private AllExpression Fail(string? message)
    {
        if (message is not null)
            Add(Current, message);
        Recover();
        return AllExpression.Instance;
    }

    /// <summary>Goes to where the filter can be read again: the next <c>and</c> or <c>or</c>, or the end of the parentheses.</summary>
    private void Recover()
    {
        for (var open = 0; Current.Kind != FilterTokenKind.End; _at++)
        {
            if (Current.IsSign("("))
                open++;
            else if (Current.IsSign(")") && --open < 0)
                return;
            else if (open == 0 && IsConjunction(Current))
                break;
        }

        _recoveredAt = _at;
    }

    /// <summary>Whether the current word, which may look like an operator, is a key: an operator and a value follow.</summary>
    private bool IsKey() =>
        Array.Exists(Comparisons, _tokens[_at + 1].Is)
        && (_tokens[_at + 2].Kind == FilterTokenKind.Value || _tokens[_at + 2].IsSign("[") || _tokens[_at + 2].IsSign("{"));

    private bool IsExclamationMark() =>
        Current is { Kind: FilterTokenKind.Word, Text: "!" } && !Array.Exists(Comparisons, _tokens[_at + 1].Is);

    private static bool IsOperator(FilterToken token) => IsConjunction(token) || Array.Exists(Comparisons, token.Is);

    private static bool IsConjunction(FilterToken token) => token.Is("and") || token.Is("or") || Symbol(token) is not null;

    /// <summary>The operator that a sign stands for in other languages.</summary>
    private static string? Symbol(FilterToken token) => token switch
    {
        { Kind: FilterTokenKind.Word, Text: "&&" or "&" } => "and",
        { Kind: FilterTokenKind.Word, Text: "||" or "|" } => "or",
        _ => null,
    };

    /// <summary>What somebody who writes this, with or without a space, instead of an operator probably means.</summary>
    private string OperationHint(FilterToken key)
    {
        if (Current.Is("not") && _tokens[_at + 1].Is("in"))
            return $"; write 'not {FilterText.Show(key.Text)} in'";
        if (Current.Kind != FilterTokenKind.Value)
            return Hint(Current);
        if (key.Text.EndsWith("!=", StringComparison.Ordinal) || key.Text.EndsWith("<>", StringComparison.Ordinal))
            return "; write 'ne' between spaces";
        return key.Text.EndsWith('=') ? "; write 'is' between spaces" : string.Empty;
    }

    /// <summary>What somebody who writes this probably means.</summary>
    private static string Hint(FilterToken token) => token switch
    {
        { Kind: FilterTokenKind.Word, Text: "=" or "==" } => "; write 'is'",
        { Kind: FilterTokenKind.Word, Text: "!=" or "<>" } => "; write 'ne'",
        { Kind: FilterTokenKind.Word, Text: "!" } => "; write 'not'",
        _ => Symbol(token) is { } word ? $"; write '{word}'" : string.Empty,
    };
}
