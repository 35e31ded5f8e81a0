namespace RabbitBridge.UnitTests.Filters;

public sealed class SessionFilterParsingTests
{
    // Each example selects the sessions whose names are behind it.
    private static readonly Dictionary<string, Dictionary<string, string>> People = new()
    {
        ["alice"] = new()
        {
            ["$Principal"] = "Alice",
            ["Department"] = "Accounts",
            ["$Country"] = "UK",
            ["$Language"] = "en",
            ["$ClientIP"] = "192.168.0.7",
            ["$Roles"] = "\"operator\"",
        },
        ["bob"] = new()
        {
            ["$Principal"] = "Bob",
            ["Department"] = "Payroll",
            ["$Country"] = "FR",
            ["$Language"] = "fr",
            ["$ClientIP"] = "10.192.168.1",
            ["$Roles"] = "\"administrator\",\"operator\"",
        },
        ["carl"] = new()
        {
            ["$Principal"] = "client",
            ["$Country"] = "US",
            ["$Language"] = "en",
            ["$ClientIP"] = "192.168.9.9",
            ["$Roles"] = "\"client\"",
        },
        ["dora"] = new() { ["$Principal"] = "alice", ["Department"] = "accounts", ["$Country"] = "FR", ["$Language"] = "en" },
        ["nobody"] = [],
    };

    [Theory]
    [InlineData("$Principal is \"Alice\"", "alice")]
    [InlineData("Department is \"Accounts\" and $Country ne \"US\"", "alice")]
    [InlineData("$Language EQ \"en\" and $Country NE \"US\"", "alice dora")]
    [InlineData("not (Department is \"Accounts\" or Department is \"Payroll\") and $Country is \"FR\"", "dora")]
    [InlineData("hasRoles [\"operator\"] and not hasRoles [\"administrator\"]", "alice")]
    [InlineData("$Country in ['UK','DE','FR']", "alice bob dora")]
    [InlineData("$Country in 'UK','DE','FR'", "alice bob dora")]
    [InlineData("has Department", "alice bob dora")]
    [InlineData("all", "alice bob carl dora nobody")]
    [InlineData("$Principal EQ 'client'", "carl")]
    [InlineData("$ClientIP matches \"192\\\\.168\\\\..*\"", "alice carl")]
    [InlineData("hasRoles \"operator\" \"administrator\"", "bob")]
    [InlineData("hasRoles [\"operator\" \"administrator\"]", "bob")]
    [InlineData("$Roles eq '\"operator\",\"administrator\"'", "bob")]
    public void The_examples_of_the_language_select_what_they_say(string text, string selected)
    {
        var filter = SessionFilter.Parse(text);

        Assert.Equal(selected, string.Join(' ', People.Where(person => filter.Matches(person.Value)).Select(person => person.Key)));
    }

    [Theory]
    [InlineData("NOT a IS 'x' AND HAS b OR HASROLES 'r'")]
    [InlineData("Not a Eq 'x' And Has b Or HasRoles 'r'")]
    [InlineData("nOT a eQ 'x' aNd hAS b oR hASrOLES 'r'")]
    public void Operators_are_read_in_any_case(string text) =>
        Assert.Equal("a ne \"x\" and has b or hasRoles [\"r\"]", SessionFilter.Parse(text).ToString());

    [Theory]
    [InlineData("a IN 'x'", "x", true)]
    [InlineData("a MATCHES 'x'", "x", true)]
    [InlineData("a NE 'x'", "x", false)]
    [InlineData("ALL", "x", true)]
    [InlineData("a is 'X'", "x", false)]
    [InlineData("A is 'x'", "x", false)]
    [InlineData("a in 'X'", "x", false)]
    [InlineData("a matches 'X'", "x", false)]
    [InlineData("has A", "x", false)]
    public void Keys_and_values_are_read_in_their_case(string text, string value, bool matches) => AssertMatches(matches, text, ("a", value));

    [Theory]
    [InlineData("a is \"x\"", "x")]
    [InlineData("a is 'x'", "x")]
    [InlineData("a is \"it's\"", "it's")]
    [InlineData("a is 'say \"x\"'", "say \"x\"")]
    [InlineData("a is 'it\\'s \\\"x\\\"'", "it's \"x\"")]
    [InlineData("a is \"\\\\\"", "\\")]
    [InlineData("a is \"\\\\\\\"\"", "\\\"")]
    [InlineData("a is \"\"", "")]
    [InlineData("a is ' x '", " x ")]
    [InlineData("a is 'x\r\ny'", "x\r\ny")]
    [InlineData("a is 'and (not b) é😀'", "and (not b) é😀")]
    [InlineData("a is'x'", "x")]
    public void Values_are_read_from_both_kinds_of_quotes(string text, string value)
    {
        AssertMatches(true, text, ("a", value));
        AssertMatches(false, text, ("a", value + "."));
    }

    [Theory]
    [InlineData("in 'x','y'")]
    [InlineData("in 'x' 'y'")]
    [InlineData("in 'x' , \"y\"")]
    [InlineData("in ['x','y']")]
    [InlineData("in [\"x\" 'y']")]
    [InlineData("in['x','y']")]
    [InlineData("IN{'x','y'}")]
    [InlineData("in {'x'\n\t'y'}")]
    [InlineData("in [ 'x', 'y', 'x' ]")]
    [InlineData("in'x','y'")]
    public void Lists_are_read_in_every_form(string list)
    {
        Assert.Equal("a in [\"x\", \"y\"]", SessionFilter.Parse($"a {list}").ToString());
        Assert.Equal("hasRoles [\"x\", \"y\"] and has b", SessionFilter.Parse($"hasRoles{list[2..]} and has b").ToString());
        Assert.Equal("has b or a in [\"x\", \"y\"]", SessionFilter.Parse($"(has b or (a {list}))").ToString());
    }

    [Theory]
    [InlineData("has a or has b and has c", "a", true)]
    [InlineData("(has a or has b) and has c", "a", false)]
    [InlineData("has a and has b or has c", "c", true)]
    [InlineData("has a and (has b or has c)", "c", false)]
    [InlineData("not has a or has b", "b", true)]
    [InlineData("not has a and has b", "a b", false)]
    [InlineData("not has a or has b", "a b", true)]
    [InlineData("not (has a or has b)", "b", false)]
    [InlineData("not (has a and has b)", "b", true)]
    [InlineData("not not has a", "a", true)]
    [InlineData("not not not has a", "a", false)]
    [InlineData("not(has a)and(has b)", "b", true)]
    public void Not_binds_tighter_than_and_which_binds_tighter_than_or(string text, string keys, bool matches) =>
        AssertMatches(matches, text, [.. keys.Split(' ').Select(key => (key, "x"))]);

    [Theory]
    [InlineData("is is 'x'", "is")]
    [InlineData("in in ['x']", "in")]
    [InlineData("in in 'x'", "in")]
    [InlineData("eq matches 'x'", "eq")]
    [InlineData("not is 'x'", "not")]
    [InlineData("not in {'x'}", "not")]
    [InlineData("not not is 'y'", "not")]
    [InlineData("and is 'x'", "and")]
    [InlineData("or is 'x'", "or")]
    [InlineData("all is 'x'", "all")]
    [InlineData("has is 'x'", "has")]
    [InlineData("hasRoles is 'x'", "hasRoles")]
    [InlineData("hasRoles in ['x']", "hasRoles")]
    [InlineData("has is", "is")]
    [InlineData("has not", "not")]
    [InlineData("has and", "and")]
    [InlineData("has has", "has")]
    [InlineData("has or and or is 'x'", "or")]
    [InlineData("has and and and is 'x'", "and")]
    public void Keys_may_look_like_operators(string text, string key) => AssertMatches(true, text, (key, "x"));

    [Theory]
    [InlineData("a=b")]
    [InlineData("!a")]
    [InlineData("é😀")]
    [InlineData("\\")]
    [InlineData("*F")]
    public void A_key_holds_anything_but_white_space_quotes_and_signs(string key)
    {
        AssertMatches(true, $"{key} is 'x' and has {key} and({key} in 'x')", (key, "x"));
        Assert.Equal($"has {key}", SessionFilter.Parse($"has {key}").ToString());
    }

    [Theory]
    [InlineData("a]")]
    [InlineData("a[0]")]
    [InlineData("a,b")]
    [InlineData("{a}")]
    [InlineData(",")]
    [InlineData("in[0]")]
    [InlineData("a\u00a0b")]
    [InlineData("a\u2028")]
    public void A_key_holds_no_sign_and_no_white_space(string key) =>
        Assert.False(SessionFilter.TryParse($"{key} is 'x'", out _, out _));

    [Theory]
    [InlineData("$Roles is '\"a\",\"b\"'", true)]
    [InlineData("$Roles is '\"b\",\"a\"'", true)]
    [InlineData("$Roles is \"'b' 'a'\"", true)]
    [InlineData("$Roles is 'b a'", true)]
    [InlineData("$Roles is 'a,b,a'", true)]
    [InlineData("$Roles is 'a'", false)]
    [InlineData("$Roles is 'a,b,c'", false)]
    [InlineData("$Roles is ''", false)]
    [InlineData("$Roles ne 'b,a'", false)]
    [InlineData("$Roles ne 'b'", true)]
    [InlineData("$Roles in ['c', 'b,a']", true)]
    [InlineData("$Roles in ['a', 'b']", false)]
    [InlineData("hasRoles 'a'", true)]
    [InlineData("hasRoles 'b','a'", true)]
    [InlineData("hasRoles 'a','c'", false)]
    public void Roles_are_a_set(string text, bool matches) => AssertMatches(matches, text, ("$Roles", "\"a\",\"b\""));

    [Theory]
    [InlineData("hasRoles \"it's\"", true)]
    [InlineData("hasRoles 'a,b'", true)]
    [InlineData("hasRoles 'a'", false)]
    [InlineData("hasRoles 'q\"\\\\'", true)]
    public void Roles_may_hold_what_separates_and_quotes_them(string text, bool matches) =>
        AssertMatches(matches, text, ("$Roles", FilterSession.Quote(["it's", "a,b", "q\"\\"])));

    [Theory]
    [InlineData("a ne 'x'", true)]
    [InlineData("not a is 'x'", true)]
    [InlineData("has a and a ne 'x'", false)]
    [InlineData("a is 'x'", false)]
    [InlineData("a is ''", false)]
    [InlineData("a in ['', 'x']", false)]
    [InlineData("a matches '.*'", false)]
    [InlineData("has a", false)]
    [InlineData("hasRoles 'x'", false)]
    [InlineData("$Roles is ''", false)]
    [InlineData("$Roles ne 'x'", true)]
    [InlineData("all", true)]
    public void An_absent_property_matches_nothing_but_negations(string text, bool matches)
    {
        AssertMatches(matches, text);
        AssertMatches(matches, text, ("A", "x"));
    }

    [Theory]
    [InlineData("b.*", "bcd", true)]
    [InlineData("b", "bcd", false)]
    [InlineData("d", "bcd", false)]
    [InlineData("^b.*d$", "bcd", true)]
    [InlineData("b|bcd", "bcd", true)]
    [InlineData("x|b", "bcd", false)]
    [InlineData("(?i)BCD", "bcd", true)]
    [InlineData("bcd", "bcd\n", false)]
    [InlineData("bcd$", "bcd\n", false)]
    [InlineData("^(ANDROID.*|IOS.*)", "IOS 9", true)]
    [InlineData("\\\\d{3}", "123", true)]
    [InlineData("", "", true)]
    [InlineData("", "b", false)]
    [InlineData("(?x)b # the letter", "b", true)]
    public void A_regular_expression_matches_the_whole_value(string pattern, string value, bool matches) =>
        AssertMatches(matches, $"a matches '{pattern}'", ("a", value));

    [Theory]
    [InlineData("\n\t a\r\nis\n'x'\t\r\n")]
    [InlineData("(a is'x')and(all)")]
    public void White_space_is_any_and_only_where_words_need_it(string text) => AssertMatches(true, text, ("a", "x"));

    [Fact]
    public void No_text_is_no_filter()
    {
        Assert.Throws<ArgumentNullException>(() => SessionFilter.Parse(null!));
        Assert.False(SessionFilter.TryParse(null, out var filter, out var errors));
        Assert.Null(filter);
        Assert.Equal(new FilterError("there is no filter", 1, 1), Assert.Single(errors));
    }

    private static void AssertMatches(bool matches, string text, params (string Key, string Value)[] properties) =>
        Assert.Equal(matches, SessionFilter.Parse(text).Matches(properties.ToDictionary(property => property.Key, property => property.Value)));
}
