namespace RabbitBridge.UnitTests.Filters;

/// <summary>Anybody who may send to a filter may send any text: it is answered soon, and no stack overflows.</summary>
[CollectionDefinition(nameof(HostileFilterTests), DisableParallelization = true)]
[Collection(nameof(HostileFilterTests))]
public sealed class HostileFilterTests
{
    private const int Megabyte = 1024 * 1024;

    // In how many times the time of a filter of the same greatest length that means no harm, which is 7 ms on two cores. The worst of these takes ten times as long.
    private const int Limit = 25;

    private const int Rounds = 50;

    private static readonly string Harmless = Repeat("Department is 'Accounts' or ", SessionFilter.MaxLength - 8, "a is 'y'");

    // Theories get the names alone: a megabyte is no name of a test.
    private static readonly Dictionary<string, string> Texts = new()
    {
        ["parentheses around a clause"] = Repeat("(", 10_000, "all") + new string(')', 10_000),
        ["parentheses never closed"] = Repeat("(", 10_000, ""),
        ["parentheses with nots"] = Repeat("not (", 50_000, "all") + new string(')', 10_000),
        ["parentheses with clauses"] = Repeat("(has a and ", 110_000, "all") + new string(')', 10_000),
        ["nots"] = Repeat("not ", 40_000, "all"),
        ["nots without an end"] = Repeat("not ", 40_000, ""),
        ["ands"] = Repeat("all and ", SessionFilter.MaxLength - 3, "all"),
        ["100,000 ands"] = Repeat("all and ", 800_000, "all"),
        ["ands alone"] = Repeat("and ", SessionFilter.MaxLength, ""),
        ["alternating operators"] = Repeat("has a and has b or ", SessionFilter.MaxLength - 3, "all"),
        ["quotes"] = Repeat("\"", SessionFilter.MaxLength, ""),
        ["two kinds of quotes"] = Repeat("'\"", SessionFilter.MaxLength, ""),
        ["opening parentheses"] = Repeat("(", SessionFilter.MaxLength, ""),
        ["closing parentheses"] = Repeat(")", SessionFilter.MaxLength, ""),
        ["pairs of parentheses"] = Repeat("()", SessionFilter.MaxLength, ""),
        ["commas"] = Repeat(",", SessionFilter.MaxLength, ""),
        ["brackets"] = Repeat("[", SessionFilter.MaxLength, ""),
        ["line ends"] = Repeat("\r\n", SessionFilter.MaxLength, ""),
        ["one word"] = Repeat("x", SessionFilter.MaxLength, ""),
        ["wrong clauses"] = Repeat("a = 5 and ", SessionFilter.MaxLength, ""),
        ["wrong parentheses"] = Repeat("(a = ", SessionFilter.MaxLength, ""),
        ["wrong lines"] = Repeat("\na ", SessionFilter.MaxLength, ""),
        ["a long value"] = "a is '" + Repeat("x", SessionFilter.MaxLength - 7, "'"),
        ["an escaped value"] = "a is '" + Repeat("\\'", SessionFilter.MaxLength - 7, "'"),
        ["a badly escaped value"] = "a is '" + Repeat("\\x", SessionFilter.MaxLength - 7, "'"),
        ["a long list"] = "a in [" + Repeat("'x',", SessionFilter.MaxLength - 10, "'x']"),
        ["a list of different values"] = "a in [" + string.Join(',', Enumerable.Range(0, 25_000).Select(static number => $"'{number}'")) + "]",
        ["many clauses"] = Repeat("a is 'x' or ", SessionFilter.MaxLength - 8, "a is 'y'"),
        ["1 MB of a value"] = "a is '" + Repeat("x", Megabyte, "'"),
        ["1 MB of clauses"] = Repeat("a is 'x' or ", Megabyte, "a is 'y'"),
        ["1 MB of quotes"] = Repeat("\"", Megabyte, ""),
        ["1 MB of parentheses"] = Repeat("(", Megabyte, ""),
        ["1 MB of commas"] = Repeat(",", Megabyte, ""),
    };

    public static TheoryData<string> Names => [.. Texts.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_text_is_answered_soon(string name)
    {
        var text = Texts[name];
        var properties = new Dictionary<string, string> { ["a"] = new('x', 10_240) };

        AssertSoon(name, () =>
        {
            if (!SessionFilter.TryParse(text, out var filter, out var errors))
                Assert.InRange(errors.Count, 1, 20);
            else
                filter.Matches(properties);
        });
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(a|aa)+")]
    [InlineData("(.*)*x")]
    [InlineData("(a{1000}){1000}")]
    [InlineData("((a?){100}){100}")]
    [InlineData("[a-z]*a[a-z]{500}")]
    [InlineData("(a|b)*a(a|b){900}")]
    [InlineData(".*a.{900}")]
    [InlineData("([a-z]{1,1000}){1,1000}")]
    [InlineData("a{2147483647}")]
    [InlineData("(a{0,2147483647}){0,2147483647}")]
    [InlineData("\\p{L}{1,1000}\\p{N}")]
    public void A_regular_expression_is_answered_soon(string pattern)
    {
        var text = $"a matches '{SessionFilter.Escape(pattern)}'";
        var mixed = string.Concat(Enumerable.Range(0, 10_240).Select(static at => (char)('a' + (at * at % 26))));
        foreach (var value in new[] { new string('a', 10_240), new string('a', 10_239) + "!", mixed })
        {
            var properties = new Dictionary<string, string> { ["a"] = value };
            AssertSoon(pattern, () =>
            {
                try
                {
                    SessionFilter.Parse(text).Matches(properties);
                }
                catch (InvalidFilterException exception)
                {
                    Assert.Contains("regular expression", exception.Message, StringComparison.Ordinal);
                }
            });
        }
    }

    [Theory]
    [InlineData("a matches 'r{0}'", 2000)]
    [InlineData("a matches '[a-z]*a[a-z]{{1{0}}}'", 60)]
    [InlineData("$Roles is 'r{0}'", 10_000)]
    [InlineData("hasRoles 'r{0}'", 10_000)]
    public void Many_expensive_clauses_are_answered_soon(string clause, int count) => AssertAnsweredSoon(
        string.Join(" or ", Enumerable.Range(0, count).Select(number => string.Format(System.Globalization.CultureInfo.InvariantCulture, clause, number))));

    [Fact]
    public void A_long_list_of_roles_is_answered_soon() =>
        AssertAnsweredSoon($"$Roles in [{string.Join(',', Enumerable.Range(0, 28_000).Select(static number => $"'r{number}'"))}]");

    [Fact]
    public void The_deepest_filter_needs_little_stack()
    {
        var text = string.Concat(Enumerable.Repeat("not (has a and ", 99)) + "has b" + new string(')', 99);
        var isMatch = false;
        var thread = new Thread(
            () =>
            {
                var filter = SessionFilter.Parse(text);
                isMatch = SessionFilter.Parse(filter.ToString()).Equals(filter) && filter.Matches(new Dictionary<string, string>());
                Assert.False(SessionFilter.TryParse(new string('(', 100_000), out _, out _));
            },
            maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();

        Assert.True(isMatch);
    }

    private static void AssertAnsweredSoon(string text)
    {
        var session = new FilterSession(
            new Dictionary<string, string> { ["a"] = new string('a', 400) + "!" },
            Enumerable.Range(0, 600).Select(static number => $"role number {number}").ToHashSet());

        AssertSoon(text[..40], () =>
        {
            try
            {
                SessionFilter.Parse(text).Matches(session.Properties);
            }
            catch (InvalidFilterException)
            {
            }
        });
    }

    /// <summary>Measured against what means no harm in the same moment, and by the best of as many rounds as it takes: memory and caches are shared with other work.</summary>
    private static void AssertSoon(string name, Action action)
    {
        action();
        var (harmless, best) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var i = 0; i < Rounds && (i == 0 || best >= Limit * harmless); i++)
        {
            harmless = Min(harmless, Time(static () => SessionFilter.Parse(Harmless).Matches(new Dictionary<string, string> { ["a"] = "x" })));
            best = Min(best, Time(action));
        }

        Assert.True(best < Limit * harmless, $"{name}: {best.TotalMilliseconds} ms, and {harmless.TotalMilliseconds} ms for a filter that means no harm");
    }

    // Of the processor, not of the clock: the machine may have other work. The process has none beside this class.
    private static TimeSpan Time(Action action)
    {
        var before = Environment.CpuUsage.TotalTime;
        action();
        return Environment.CpuUsage.TotalTime - before;
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static string Repeat(string unit, int length, string end) => string.Concat(Enumerable.Repeat(unit, length / unit.Length)) + end;
}
