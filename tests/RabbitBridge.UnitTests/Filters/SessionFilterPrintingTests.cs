using CsCheck;

namespace RabbitBridge.UnitTests.Filters;

public sealed class SessionFilterPrintingTests
{
    private static readonly Gen<string> Hostile = Gen.OneOf("\"", "'", "\\", "a", " ", "\n", "é😀", "\ud800", ")").Array[0, 12].Select(string.Concat);

    [Fact]
    public void The_canonical_text_parses_to_an_equal_filter() => Gen.Select(FilterGenerator.Filter, FilterGenerator.Session.Array[1, 4]).Sample(
        (filter, sessions) =>
        {
            var printed = filter.ToString();
            var again = SessionFilter.Parse(printed);

            Assert.Equal(filter, again);
            Assert.Equal(filter.GetHashCode(), again.GetHashCode());
            Assert.Equal(printed, again.ToString());
            foreach (var session in sessions)
                Assert.True(filter.Matches(session.Properties) == again.Matches(session.Properties), printed);
        },
        iter: 2000);

    [Fact]
    public void Combinations_match_what_they_should_and_print_what_they_are() => Gen.Select(
        FilterGenerator.Filter, FilterGenerator.Filter, FilterGenerator.Session.Array[1, 4]).Sample(
        (one, two, sessions) =>
        {
            foreach (var properties in sessions.Select(session => session.Properties))
            {
                var (first, second) = (one.Matches(properties), two.Matches(properties));
                Assert.Equal(first && second, one.And(two).Matches(properties));
                Assert.Equal(first || second, one.Or(two).Matches(properties));
                Assert.Equal(!first, one.Not().Matches(properties));
            }

            Assert.Equal(one, one.Not().Not());
            Assert.Equal(SessionFilter.Parse($"({one}) and ({two})"), one.And(two));
            Assert.Equal(SessionFilter.Parse($"({one}) or ({two})"), one.Or(two));
            Assert.Equal(SessionFilter.Parse($"not ({one})"), one.Not());
        },
        iter: 1000);

    [Fact]
    public void An_escaped_value_reads_back_in_both_kinds_of_quotes() => Hostile.Sample(value =>
    {
        foreach (var quote in "\"'")
        {
            var filter = SessionFilter.Parse($"a is {quote}{SessionFilter.Escape(value)}{quote}");

            Assert.True(filter.Matches(new Dictionary<string, string> { ["a"] = value }));
            Assert.False(filter.Matches(new Dictionary<string, string> { ["a"] = value + "x" }));
        }
    });

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("O'Brien", "O\\'Brien")]
    [InlineData("\"\\\n\t", "\\\"\\\\\n\t")]
    public void Escaping_changes_quotes_and_backslashes_only(string value, string escaped) => Assert.Equal(escaped, SessionFilter.Escape(value));

    [Theory]
    [InlineData("ALL", "all")]
    [InlineData("HAS a", "has a")]
    [InlineData("a EQ 'x'", "a is \"x\"")]
    [InlineData("a NE 'x'", "a ne \"x\"")]
    [InlineData("not a is 'x'", "a ne \"x\"")]
    [InlineData("not a ne 'x'", "a is \"x\"")]
    [InlineData("not not not has a", "not has a")]
    [InlineData("a IN {'x' 'y','x'}", "a in [\"x\", \"y\"]")]
    [InlineData("hasroles 'x' \"y\"", "hasRoles [\"x\", \"y\"]")]
    [InlineData("a Matches 'x\\\\.y'", "a matches \"x\\\\.y\"")]
    [InlineData("a is 'it\\'s \"x\"'", "a is \"it\\'s \\\"x\\\"\"")]
    [InlineData("((has a) and ((has b and has c)))", "has a and has b and has c")]
    [InlineData("has a or (has b or has c)", "has a or has b or has c")]
    [InlineData("(has a or has b) and has c", "(has a or has b) and has c")]
    [InlineData("has a or (has b and has c)", "has a or has b and has c")]
    [InlineData("not (has a and has b)", "not (has a and has b)")]
    public void The_canonical_text_has_one_form(string text, string canonical) => Assert.Equal(canonical, SessionFilter.Parse(text).ToString());

    [Fact]
    public void The_canonical_text_of_a_long_filter_parses()
    {
        var filter = SessionFilter.Parse($"a is '{new string('"', 131_068)}'");

        Assert.Equal(SessionFilter.MaxLength - 1, filter.ToString().Length);
        Assert.Equal(filter, SessionFilter.Parse(filter.ToString()));
    }

    [Fact]
    public void A_filter_whose_canonical_text_is_too_long_is_refused()
    {
        Assert.False(SessionFilter.TryParse($"a is '{new string('"', 200_000)}'", out var filter, out var errors));
        Assert.Null(filter);
        Assert.Equal(new FilterError("the filter has 400007 characters in its canonical form; 262144 are allowed", 1, 1), Assert.Single(errors));
    }

    [Fact]
    public void The_canonical_text_of_combined_long_filters_parses()
    {
        var one = SessionFilter.Parse($"a is '{new string('x', 200_000)}'");
        var two = SessionFilter.Parse($"a is '{new string('y', 200_000)}'");

        // Either the combination is refused, or its text is a filter.
        try
        {
            var both = one.And(two);
            Assert.True(SessionFilter.TryParse(both.ToString(), out _, out _));
        }
        catch (InvalidFilterException)
        {
        }
    }

    [Fact]
    public void Filters_are_equal_by_their_canonical_texts()
    {
        var filter = SessionFilter.Parse("a EQ 'x'");

        Assert.True(filter.Equals((object)SessionFilter.Parse("(a is \"x\")")));
        Assert.False(filter.Equals((object)SessionFilter.Parse("a is \"X\"")));
        Assert.False(filter.Equals(null));
        Assert.False(filter.Equals((object)"a is \"x\""));
        Assert.Equal(SessionFilter.All, SessionFilter.Parse("all"));
    }
}
