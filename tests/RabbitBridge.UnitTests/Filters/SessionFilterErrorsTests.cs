namespace RabbitBridge.UnitTests.Filters;

public sealed class SessionFilterErrorsTests
{
    private const string Clause = "expected a property's key, 'has', 'hasRoles', 'all', 'not' or '(', found";
    private const string AfterKey = "expected 'is', 'eq', 'ne', 'in' or 'matches' after the key";
    private const string InList = "expected a list of values in quotes after";
    private const string Backtracks =
        "the regular expression cannot be matched without backtracking, which could hang a gateway: "
        + "it has a look-around, a backreference, a condition, an atomic or balancing group or \\G, or is too large";

    [Theory]
    [InlineData("", 1, "the filter is empty; 'all' matches every session")]
    [InlineData(" \n ", 1, "the filter is empty; 'all' matches every session")]
    public void A_filter_is_not_empty(string text, int column, string message) => AssertErrors(text, (1, column, message));

    [Theory]
    [InlineData("Department is Accounts", 15, "expected a value in quotes after 'is', found 'Accounts'")]
    [InlineData("a EQ 5", 6, "expected a value in quotes after 'EQ', found '5'")]
    [InlineData("a ne null", 6, "expected a value in quotes after 'ne', found 'null'")]
    [InlineData("a matches x.*", 11, "expected a value in quotes after 'matches', found 'x.*'")]
    [InlineData("a is “x”", 6, "expected a value in quotes after 'is', found '“x”'")]
    [InlineData("a is", 5, "expected a value in quotes after 'is', found the end")]
    [InlineData("a is ('x')", 6, "expected a value in quotes after 'is', found '('")]
    [InlineData("(a is) and has b", 6, "expected a value in quotes after 'is', found ')'")]
    public void A_value_is_in_quotes(string text, int column, string message) => AssertErrors(text, (1, column, message));

    [Theory]
    [InlineData("a = 'x'", 3, "a", "'='; write 'is'")]
    [InlineData("a == 'x'", 3, "a", "'=='; write 'is'")]
    [InlineData("a != 'x'", 3, "a", "'!='; write 'ne'")]
    [InlineData("a <> 'x'", 3, "a", "'<>'; write 'ne'")]
    [InlineData("a 'x'", 3, "a", "the value \"x\"")]
    [InlineData("a", 2, "a", "the end")]
    [InlineData("a and has b", 3, "a", "'and'")]
    [InlineData("(a)", 3, "a", "')'")]
    [InlineData("a like 'x'", 3, "a", "'like'")]
    [InlineData("a exists", 3, "a", "'exists'")]
    [InlineData("has b and a 'x'", 13, "a", "the value \"x\"")]
    public void A_key_is_followed_by_an_operator(string text, int column, string key, string found) =>
        AssertErrors(text, (1, column, $"{AfterKey} '{key}', found {found}"));

    [Theory]
    [InlineData("is 'x'", 1, "'is'")]
    [InlineData("has a and in ['x']", 11, "'in'")]
    [InlineData("'x' is 'y'", 1, "the value \"x\"")]
    [InlineData("has a and", 10, "the end")]
    [InlineData("has a or", 9, "the end")]
    [InlineData("has a and and has b", 11, "'and'")]
    [InlineData("has a and or has b", 11, "'or'")]
    [InlineData("and has a", 1, "'and'")]
    [InlineData("not", 4, "the end")]
    [InlineData("has a and not", 14, "the end")]
    [InlineData("()", 2, "')'")]
    [InlineData("has a and ()", 12, "')'")]
    public void Something_is_told_on_both_sides_of_an_operator(string text, int column, string found) =>
        AssertErrors(text, (1, column, $"{Clause} {found}"));

    [Theory]
    [InlineData("has", 4, "the end")]
    [InlineData("has 'a'", 5, "the value \"a\"")]
    [InlineData("(has) and has b", 5, "')'")]
    public void Has_is_followed_by_a_key(string text, int column, string found) =>
        AssertErrors(text, (1, column, $"expected a property's key after 'has', found {found}"));

    [Theory]
    [InlineData("has a has b", 7, "'has'")]
    [InlineData("a is 'x' 'y'", 10, "the value \"y\"")]
    [InlineData("a is 'x', b is 'y'", 9, "','")]
    [InlineData("has a xor has b", 7, "'xor'")]
    [InlineData("has a not has b", 7, "'not'")]
    [InlineData("has a ]", 7, "']'")]
    public void Clauses_are_combined_by_operators(string text, int column, string found)
    {
        AssertErrors(text, (1, column, $"expected 'and' or 'or' or the end, found {found}"));
        AssertErrors($"({text})", (1, column + 1, $"expected 'and', 'or' or ')', found {found}"));
    }

    [Theory]
    [InlineData("a is \"x", 6, '"')]
    [InlineData("a is 'x", 6, '\'')]
    [InlineData("a is 'x\\'", 6, '\'')]
    [InlineData("a is 'x\\", 6, '\'')]
    [InlineData("a is \"x'", 6, '"')]
    [InlineData("a is '", 6, '\'')]
    public void A_value_is_closed(string text, int column, char quote) =>
        AssertErrors(text, (1, column, $"the value that begins here has no closing {quote}"));

    [Theory]
    [InlineData("a is '\\d'", 7, 'd')]
    [InlineData("a matches '.\\d+'", 13, 'd')]
    [InlineData("a in ['x', '\\n']", 13, 'n')]
    public void A_backslash_stands_before_a_quote_or_a_backslash(string text, int column, char character) => AssertErrors(
        text,
        (1, column, $@"'\{character}' is no escape; \ stands before a quote or another \ only, so write '\\{character}' for a backslash"));

    [Fact]
    public void Parentheses_are_in_pairs()
    {
        AssertErrors("(has a", (1, 1, "this '(' is not closed"));
        AssertErrors("not (has a", (1, 5, "this '(' is not closed"));
        AssertErrors("has a and (has b or (has c)", (1, 11, "this '(' is not closed"));
        AssertErrors("has a)", (1, 6, "this ')' closes nothing"));
        AssertErrors("has a) and has b", (1, 6, "this ')' closes nothing"));
        AssertErrors("(has a)) or (has b))", (1, 8, "this ')' closes nothing"), (1, 20, "this ')' closes nothing"));
        AssertErrors("a is x)", (1, 6, "expected a value in quotes after 'is', found 'x'"), (1, 7, "this ')' closes nothing"));
    }

    [Fact]
    public void A_list_holds_values_in_quotes()
    {
        AssertErrors("a in", (1, 5, $"{InList} 'in', found the end"));
        AssertErrors("a in []", (1, 7, $"{InList} 'in', found ']'"));
        AssertErrors("a in [] and has b", (1, 7, $"{InList} 'in', found ']'"));
        AssertErrors("a in ('x', 'y')", (1, 6, $"{InList} 'in', found '('"));
        AssertErrors("a in [,'x']", (1, 7, $"{InList} 'in', found ','"));
        AssertErrors("hasRoles", (1, 9, $"{InList} 'hasRoles', found the end"));
        AssertErrors("hasRoles admin", (1, 10, $"{InList} 'hasRoles', found 'admin'"));
        AssertErrors("a in ['x'", (1, 10, "expected a value in quotes or ']' in the list, found the end"));
        AssertErrors("a in {'x'", (1, 10, "expected a value in quotes or '}' in the list, found the end"));
        AssertErrors("a in ['x'}", (1, 10, "expected a value in quotes or ']' in the list, found '}'"));
        AssertErrors("a in ['x' y ] and has b", (1, 11, "expected a value in quotes or ']' in the list, found 'y'"));
        AssertErrors("a in ['x',]", (1, 10, "expected a value in quotes after ',', found ']'"));
        AssertErrors("a in 'x', and has b", (1, 9, "expected a value in quotes after ',', found 'and'"));
    }

    [Theory]
    [InlineData("(?=a)b")]
    [InlineData("(?!a)b")]
    [InlineData("(?<=a)b")]
    [InlineData("(?<!a)b")]
    [InlineData("(a)\\\\1")]
    [InlineData("(?>a)")]
    [InlineData("(a)(?(1)b|c)")]
    [InlineData("(?(a)b|c)")]
    [InlineData("(?<n>a)(?<-n>b)")]
    [InlineData("\\\\Ga")]
    public void A_regular_expression_needs_no_backtracking(string pattern) => AssertErrors($"a matches '{pattern}'", (1, 11, Backtracks));

    [Theory]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("*")]
    [InlineData("[a")]
    [InlineData("a\\\\")]
    [InlineData("(?<n")]
    [InlineData("a{2,1}")]
    public void A_regular_expression_is_one(string pattern)
    {
        var error = Assert.Single(Errors($"has b and a matches '{pattern}' and has c"));

        Assert.Equal((1, 21), (error.Line, error.Column));
        Assert.StartsWith("the regular expression is not valid: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_regular_expression_has_a_bounded_length()
    {
        Assert.True(SessionFilter.TryParse($"a matches '{new string('x', 1000)}'", out _, out _));
        AssertErrors($"a matches '{new string('x', 1001)}'", (1, 11, "the regular expression has 1001 characters; 1000 are allowed"));
    }

    [Fact]
    public void Every_problem_is_told_with_its_place()
    {
        AssertErrors(
            "a = 'x' and\n  (b is 5 or\r\n   has) and\r\nc 'z' or\rd in []",
            (1, 3, $"{AfterKey} 'a', found '='; write 'is'"),
            (2, 9, "expected a value in quotes after 'is', found '5'"),
            (3, 7, "expected a property's key after 'has', found ')'"),
            (4, 3, $"{AfterKey} 'c', found the value \"z\""),
            (5, 7, $"{InList} 'in', found ']'"));
        AssertErrors(
            "(a is 1\nor not (b != '2'\nand c is 3)",
            (1, 1, "this '(' is not closed"),
            (1, 7, "expected a value in quotes after 'is', found '1'"),
            (2, 11, $"{AfterKey} 'b', found '!='; write 'ne'"),
            (3, 10, "expected a value in quotes after 'is', found '3'"));
    }

    [Fact]
    public void Columns_count_utf16_characters_and_lines_go_on_in_values()
    {
        AssertErrors("é😀 is 5", (1, 8, "expected a value in quotes after 'is', found '5'"));
        AssertErrors("a is 'x\ny' b", (2, 4, "expected 'and' or 'or' or the end, found 'b'"));
    }

    [Fact]
    public void At_most_twenty_problems_are_told()
    {
        var errors = Errors(string.Join(" and\n", Enumerable.Repeat("a is 5", 30)));

        Assert.Equal(Enumerable.Range(1, 20).Select(line => new FilterError("expected a value in quotes after 'is', found '5'", line, 6)), errors);
    }

    [Fact]
    public void What_nests_too_deep_is_told()
    {
        AssertErrors(new string('(', 201) + "all" + new string(')', 201), (1, 201, "parentheses nest deeper than 200 levels"));
        Assert.True(SessionFilter.TryParse(new string('(', 200) + "all" + new string(')', 200), out _, out _));
        AssertErrors(
            string.Concat(Enumerable.Repeat("not (has a and ", 150)) + "has b" + new string(')', 150), (1, 1, "the filter nests deeper than 200 levels"));
    }

    [Fact]
    public void What_nests_too_deep_is_not_combined()
    {
        var filter = SessionFilter.Parse("has a");
        for (var i = 0; i < 99; i++)
            filter = filter.And(SessionFilter.Parse("has b")).Or(SessionFilter.Parse("has c"));
        filter = filter.And(filter);

        Assert.Equal(filter, SessionFilter.Parse(filter.ToString()));
        Assert.Throws<InvalidFilterException>(() => filter.Or(filter).Not());
    }

    [Fact]
    public void A_long_text_is_shown_in_part() => AssertErrors(
        $"has a {new string('x', 41)} and b is {new string('y', 40)}",
        (1, 7, $"expected 'and' or 'or' or the end, found '{new string('x', 40)}…'"),
        (1, 58, $"expected a value in quotes after 'is', found '{new string('y', 40)}'"));

    [Fact]
    public void The_exception_tells_every_problem()
    {
        var exception = Assert.Throws<InvalidFilterException>(() => SessionFilter.Parse("a is 1\nand b is 2"));

        Assert.Equal(ErrorReason.InvalidFilter, exception.Reason);
        Assert.Equal(2, exception.Errors.Count);
        Assert.Equal(
            "The session filter is not valid: line 1, column 6: expected a value in quotes after 'is', found '1'; "
            + "line 2, column 10: expected a value in quotes after 'is', found '2'.",
            exception.Message);
    }

    [Theory]
    [InlineData("has a (has b)", 7)]
    [InlineData("(has a (has b))", 8)]
    [InlineData("a in ['x', y ]", null)]
    [InlineData("a in ['x',,'y']", null)]
    [InlineData("a in 'x',,'y'", null)]
    [InlineData(") and has a", 1)]
    [InlineData("(a is 'x)", 7)]
    public void One_mistake_is_told_once(string text, int? column)
    {
        var error = Assert.Single(Errors(text));

        Assert.Equal(column ?? error.Column, error.Column);
    }

    [Theory]
    [InlineData("(((has a", "1 2 3")]
    [InlineData("a = 'x' and b is '\\d'", "3 19")]
    [InlineData("a is 'O'Brien'", "9 14")]
    [InlineData("(a is 1", "1 7")]
    [InlineData("a is 'x' && b is 5", "10 18")]
    [InlineData("a = 1 && b != 2", "3 12")]
    public void Problems_are_told_in_the_order_of_the_text(string text, string columns) =>
        Assert.Equal(columns, string.Join(' ', Errors(text).Select(error => error.Column)));

    [Theory]
    [InlineData("a is 'x' && has b", "'and'")]
    [InlineData("a is 'x' || has b", "'or'")]
    [InlineData("(a is 'x' && has b)", "'and'")]
    [InlineData("! a is 'x'", "'not'")]
    [InlineData("a='x'", "'is'")]
    [InlineData("a!='x'", "'ne'")]
    [InlineData("a is not 'x'", "'ne'")]
    public void What_is_written_in_other_languages_gets_a_hint(string text, string hint) =>
        Assert.Contains($"write {hint}", Errors(text)[0].Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("a)|(?:b")]
    [InlineData("a)(b")]
    [InlineData("a)|.*(?:")]
    public void A_regular_expression_does_not_leave_its_place(string pattern) => Assert.NotEmpty(Errors($"a matches '{pattern}'"));

    [Theory]
    [InlineData("(")]
    [InlineData("a\\\\")]
    [InlineData("[a")]
    public void The_message_about_a_regular_expression_shows_it_as_it_was_written(string pattern) =>
        Assert.DoesNotContain("\\A(?:", Assert.Single(Errors($"a matches '{pattern}'")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_regular_expression_that_is_too_large_is_told_as_such() =>
        Assert.DoesNotContain("look-around", Assert.Single(Errors("a matches '(a{1000}){1000}'")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("a is '\\😀'")]
    [InlineData("a is '\\\n'")]
    [InlineData("has a 'x\ny'")]
    [InlineData("has a \u0007")]
    [InlineData("has a 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx😀'")]
    public void Messages_are_lines_of_well_formed_text(string text)
    {
        foreach (var error in Errors(text))
        {
            Assert.DoesNotContain(error.Message, char.IsControl);
            Assert.DoesNotContain('\ufffd', System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(error.Message)));
        }
    }

    [Theory]
    [InlineData("a{150}", true)]
    [InlineData("a{200}", true)]
    [InlineData("a{201}", false)]
    [InlineData("a{0,200}", true)]
    [InlineData("a{1,201}", false)]
    [InlineData("a{201,}", false)]
    [InlineData("a{100}b{100}", true)]
    [InlineData("a{100}b{101}", false)]
    [InlineData("a{100}|b{101}", false)]
    [InlineData("(a{20}){10}", true)]
    [InlineData("(a{20}){20}", false)]
    [InlineData("(a{10}b{10}){10}", true)]
    [InlineData("(a{10}b{11}){10}", false)]
    [InlineData("((?:a{6}){6})+(?<n>b{6}){6}", true)]
    [InlineData("((?:(a{6})){6}b){6}", false)]
    [InlineData("(){201}", false)]
    [InlineData("(a{201}){0}", true)]
    [InlineData("a{999999999999", true)]
    [InlineData("a{,999}", true)]
    [InlineData("[a{999}]", true)]
    [InlineData("[]a{999}]", true)]
    [InlineData("[^]a{999}]", true)]
    [InlineData("[]]a{999}", false)]
    [InlineData("[\\]]a{999}", false)]
    [InlineData("[\\c]]a{999}", false)]
    [InlineData("\\[a{999}]", false)]
    [InlineData("\\c[a{999}]", false)]
    [InlineData("\\c\\(a{20}){20}", false)]
    [InlineData("\\{999}", true)]
    [InlineData("a(?#{999})", true)]
    [InlineData("((a{20})(?#)){20}", false)]
    [InlineData("(a{20})(?#([){20}", false)]
    [InlineData("(?x)a #{999}", true)]
    [InlineData("(?x)a #[\na{999}", false)]
    [InlineData("(?X)a #[\na{999}", false)]
    [InlineData("(?x)(a{20}) {20}", false)]
    [InlineData("(?x)(?-x)#[a]{999}", false)]
    [InlineData("(?x:a)#{999}", false)]
    [InlineData("(?i-x+x:a#[\n{9})b{999}", false)]
    public void A_regular_expression_repeats_within_bounds(string pattern, bool isValid)
    {
        var text = $"a matches '{SessionFilter.Escape(pattern)}'";

        if (isValid)
            Assert.Empty(SessionFilter.TryParse(text, out _, out var errors) ? [] : errors);
        else
            AssertErrors(text, (1, 11, "the counts in the braces of the filter's regular expressions, multiplied where they nest, amount to more than 200 repetitions"));
    }

    [Theory]
    [InlineData("[a-z-[b]]")]
    [InlineData("[+--[b]x{1000}]")]
    [InlineData("[[:a:][]x{1000}]")]
    public void A_regular_expression_has_no_class_in_a_class(string pattern) => AssertErrors(
        $"a matches '{pattern}'", (1, 11, "the regular expression has a '[' between brackets; write '\\[' for the character"));

    [Fact]
    public void A_filter_has_a_bounded_number_of_regular_expressions()
    {
        const string Matches = "a matches 'x'\n";
        var filter = SessionFilter.Parse(string.Join("or ", Enumerable.Repeat(Matches, 16)));

        AssertErrors(string.Join("or ", Enumerable.Repeat(Matches, 17)), (17, 14, "the filter has more than 16 regular expressions"));
        Assert.Equal(filter, SessionFilter.Parse(filter.ToString()));
        var exception = Assert.Throws<InvalidFilterException>(() => filter.And(SessionFilter.Parse(Matches)));
        Assert.Equal(new FilterError("the filter has more than 16 regular expressions", 1, 1), Assert.Single(exception.Errors));
    }

    [Fact]
    public void The_repetitions_of_all_regular_expressions_count_together()
    {
        const string Problem = "the counts in the braces of the filter's regular expressions, multiplied where they nest, amount to more than 200 repetitions";
        var hundred = SessionFilter.Parse("a matches 'x{100}'");
        var most = hundred.And(SessionFilter.Parse("not (b matches '(x{10}){10}')"));

        AssertErrors("a matches 'x{100}' or b matches 'x{101}'", (1, 33, Problem));
        var exception = Assert.Throws<InvalidFilterException>(() => most.And(SessionFilter.Parse("c matches 'x{2}'")));
        Assert.Equal(new FilterError(Problem, 1, 1), Assert.Single(exception.Errors));
    }

    [Theory]
    [InlineData("a not in ['x']", "; write 'not a in'")]
    [InlineData("a is not 'x'", "found 'not'; write 'ne'")]
    [InlineData("a=='x'", "; write 'is' between spaces")]
    [InlineData("a<>'x'", "; write 'ne' between spaces")]
    [InlineData("! (has a)", "found '!'; write 'not'")]
    [InlineData("has a && && has b", "found '&&'; write 'and'")]
    public void A_hint_is_told_once(string text, string end) => Assert.All(
        Errors(text), error => Assert.EndsWith(end, error.Message, StringComparison.Ordinal));

    [Theory]
    [InlineData("has\u00a0a", 4, "00A0")]
    [InlineData("has a\u2003and \u3000has b", 6, "2003")]
    [InlineData("has a and\vhas b", 10, "000B")]
    [InlineData("\u00a0", 1, "00A0")]
    public void Only_ascii_white_space_separates_words(string text, int column, string code)
    {
        var error = Errors(text)[0];

        Assert.Equal(new FilterError($"U+{code} is no white space of filters; write a space, a tab or a line break", 1, column), error);
    }

    [Fact]
    public void The_first_of_many_problems_are_told_whoever_finds_them()
    {
        Assert.Equal("a = 1 and "u8.Length + 3, Errors($"a = 1 and b = 2 and {string.Join(" and ", Enumerable.Repeat("c is '\\d'", 30))}")[1].Column);
        Assert.Equal(Enumerable.Range(1, 20), Errors(new string('(', 100) + "has a").Select(error => error.Column));
    }

    [Fact]
    public void What_cannot_be_shown_is_escaped()
    {
        AssertErrors("has a 'x\ud800\u0085'", (1, 7, "expected 'and' or 'or' or the end, found the value \"x\\uD800\\u0085\""));
        AssertErrors("has a \ude00😀\u0007", (1, 7, "expected 'and' or 'or' or the end, found '\\uDE00😀\\u0007'"));
    }

    private static IReadOnlyList<FilterError> Errors(string text)
    {
        Assert.False(SessionFilter.TryParse(text, out var filter, out var errors), text);
        Assert.Null(filter);
        return errors;
    }

    private static void AssertErrors(string text, params (int Line, int Column, string Message)[] expected) =>
        Assert.Equal(expected.Select(error => new FilterError(error.Message, error.Line, error.Column)), Errors(text));

    [Theory]
    [InlineData("$Own is 'x'", 1)]
    [InlineData("a is 'b' and has $Own", 18)]
    [InlineData("$Own in ['x']", 1)]
    [InlineData("not $Own matches 'x'", 5)]
    public void A_key_that_begins_with_a_dollar_is_one_of_the_fixed_properties_F10(string text, int column) => AssertErrors(
        text,
        (1, column, "there is no fixed property '$Own'; the fixed ones are $ClientHostName, $ClientIP, $ClientType, $Country, $ExpiryTime, $Language, $Latitude, "
            + "$Longitude, $Principal, $Project, $Roles, $ServerName, $SessionId, $StartTime, $Transport, and keys of other properties do not start with '$'"));
}
