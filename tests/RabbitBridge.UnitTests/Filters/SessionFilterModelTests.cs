using CsCheck;

namespace RabbitBridge.UnitTests.Filters;

public sealed class SessionFilterModelTests
{
    [Fact]
    public void A_filter_selects_what_its_text_says_however_it_is_written() => Gen.Select(
        FilterGenerator.Model, Gen.Int, FilterGenerator.Session.Array[1, 6]).Sample(
        (model, seed, sessions) =>
        {
            var text = model.Write(new FilterStyle(seed));
            var filter = SessionFilter.Parse(text);

            foreach (var session in sessions)
                Assert.True(model.Holds(session) == filter.Matches(session.Properties), text);
        },
        iter: 3000);

    [Fact]
    public void The_style_of_a_text_does_not_change_its_filter() => Gen.Select(FilterGenerator.Model, Gen.Int, Gen.Int).Sample(
        (model, one, two) => Assert.Equal(
            SessionFilter.Parse(model.Write(new FilterStyle(one))), SessionFilter.Parse(model.Write(new FilterStyle(two)))),
        iter: 1000);

    [Fact]
    public void Random_filters_both_match_and_refuse()
    {
        var (matched, refused) = (0, 0);
        Gen.Select(FilterGenerator.Filter, FilterGenerator.Session).Sample(
            (filter, session) =>
            {
                if (filter.Matches(session.Properties))
                    matched++;
                else
                    refused++;
            },
            iter: 1000,
            threads: 1);

        Assert.True(matched > 100, $"{matched} matched");
        Assert.True(refused > 100, $"{refused} refused");
    }
}
