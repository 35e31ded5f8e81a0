namespace RabbitBridge.Filters;

/// <summary>
/// Reads a filter by recursive descent. After a problem it goes on behind the next <c>and</c>, <c>or</c> or parenthesis, so that
/// one attempt shows every problem.
/// </summary>
internal sealed class FilterParser
{
    private static readonly string[] Comparisons = ["is", "eq", "ne", "in", "matches"];

    private readonly FilterErrors _errors;
    private readonly List<FilterToken> _tokens;
    private int _at;
    private int _depth;

    private FilterParser(string text, FilterErrors errors)
    {
        _errors = errors;
        _tokens = FilterLexer.Read(text, errors);
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
            errors.Add(parser.Current.Position, parser.Current.IsSign(")")
                ? "this ')' closes nothing"
                : $"expected 'and' or 'or' or the end, found {parser.Current.Description}");
            parser._at++;
            parser.Recover();
            if (parser.Accept("and") || parser.Accept("or"))
                parser.ReadOr();
        }

        if (filter.Depth > FilterExpression.MaxDepth)
            errors.Add(0, $"the filter nests deeper than {FilterExpression.MaxDepth} levels");
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
        while (Current.Is("not") && !IsKey())
        {
            isNegated = !isNegated;
            _at++;
        }

        var operand = Current.IsSign("(") ? ReadParentheses() : ReadClause();
        return isNegated ? operand.Negate() : operand;
    }

    private FilterExpression ReadParentheses()
    {
        var open = Current;
        _at++;
        if (++_depth > FilterExpression.MaxDepth)
        {
            _errors.Add(open.Position, $"parentheses nest deeper than {FilterExpression.MaxDepth} levels");
            _at = _tokens.Count - 1;
            return AllExpression.Instance;
        }

        var inner = ReadOr();
        _depth--;
        while (!Current.IsSign(")") && Current.Kind != FilterTokenKind.End)
        {
            _errors.Add(Current.Position, $"expected 'and', 'or' or ')', found {Current.Description}");
            _at++;
            Recover();
            if (Accept("and") || Accept("or"))
                ReadOr();
        }

        if (Current.Kind != FilterTokenKind.End)
            _at++;
        else if (_errors.All.Count == 0 || _depth == 0)
            _errors.Add(open.Position, "this '(' is not closed");
        return inner;
    }

    private FilterExpression ReadClause()
    {
        if (Current.Kind != FilterTokenKind.Word || (IsOperator(Current) && !IsKey()))
            return Fail($"expected a property's key, 'has', 'hasRoles', 'all', 'not' or '(', found {Current.Description}{Hint(Current)}");
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
        var key = Current.Text;
        _at++;
        var operation = Current;
        if (!Array.Exists(Comparisons, operation.Is))
            return Fail($"expected 'is', 'eq', 'ne', 'in' or 'matches' after the key '{key}', found {operation.Description}{Hint(operation)}");
        _at++;
        if (operation.Is("in"))
            return ReadList("'in'") is { } values ? new InExpression(key, values) : Fail(null);

        var value = Current;
        if (value.Kind != FilterTokenKind.Value)
            return Fail($"expected a value in quotes after '{operation.Text}', found {value.Description}{Hint(value)}");
        _at++;
        if (operation.Is("matches"))
            return CreateMatches(key, value);
        var equal = new EqualExpression(key, value.Text);
        return operation.Is("ne") ? equal.Negate() : equal;
    }

    private FilterExpression CreateMatches(string key, FilterToken pattern)
    {
        if (pattern.Text.Length > MatchesExpression.MaxPatternLength)
        {
            _errors.Add(pattern.Position, $"the regular expression has {pattern.Text.Length} characters; {MatchesExpression.MaxPatternLength} are allowed");
            return AllExpression.Instance;
        }

        try
        {
            return new MatchesExpression(key, pattern.Text);
        }
        catch (NotSupportedException)
        {
            _errors.Add(pattern.Position, "the regular expression has a look-around, a backreference or an atomic group; these need backtracking, which could hang a gateway");
        }
        catch (ArgumentException exception)
        {
            _errors.Add(pattern.Position, $"the regular expression is not valid: {exception.Message.TrimEnd('.')}");
        }

        return AllExpression.Instance;
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
                _errors.Add(comma.Position, $"expected a value in quotes after ',', found {Current.Description}{Hint(Current)}");
        }

        if (values.Count == 0)
        {
            _errors.Add(Current.Position, $"expected a list of values in quotes after {after}, found {Current.Description}{Hint(Current)}");
            return null;
        }

        if (close is null || Current.IsSign(close))
        {
            _at += close is null ? 0 : 1;
            return values;
        }

        _errors.Add(Current.Position, $"expected a value in quotes or '{close}' in the list, found {Current.Description}{Hint(Current)}");
        return null;
    }

    private bool Accept(string word)
    {
        if (!Current.Is(word))
            return false;
        _at++;
        return true;
    }

    private AllExpression Fail(string? message)
    {
        if (message is not null)
            _errors.Add(Current.Position, message);
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
            else if (open == 0 && (Current.Is("and") || Current.Is("or")))
                return;
        }
    }

    /// <summary>Whether the current word, which may look like an operator, is a key: an operator and a value follow.</summary>
    private bool IsKey() =>
        Array.Exists(Comparisons, _tokens[_at + 1].Is)
        && (_tokens[_at + 2].Kind == FilterTokenKind.Value || _tokens[_at + 2].IsSign("[") || _tokens[_at + 2].IsSign("{"));

    private static bool IsOperator(FilterToken token) => token.Is("and") || token.Is("or") || Array.Exists(Comparisons, token.Is);

    /// <summary>What somebody who writes this probably means.</summary>
    private static string Hint(FilterToken token) => token switch
    {
        { Kind: FilterTokenKind.Word, Text: "=" or "==" } => "; write 'is'",
        { Kind: FilterTokenKind.Word, Text: "!=" or "<>" } => "; write 'ne'",
        { Kind: FilterTokenKind.Word, Text: "&&" or "&" } => "; write 'and'",
        { Kind: FilterTokenKind.Word, Text: "||" or "|" } => "; write 'or'",
        { Kind: FilterTokenKind.Word, Text: "!" } => "; write 'not'",
        _ => string.Empty,
    };
}
