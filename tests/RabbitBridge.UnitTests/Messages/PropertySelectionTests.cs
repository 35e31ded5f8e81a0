using CsCheck;
using RabbitBridge.Calls;

namespace RabbitBridge.UnitTests.Messages;

public sealed class PropertySelectionTests
{
    private static readonly Dictionary<string, string> Properties = new()
    {
        ["$Principal"] = "alice",
        ["$Roles"] = "\"a\"",
        ["Floor"] = "3",
        ["Department"] = "Accounts",
    };

    private static readonly Gen<string[]> Keys = Gen.OneOf("*F", "*U", "$Principal", "$Roles", "$Absent", "Floor", "Department", "Absent", "floor").Array[0, 5];

    [Fact]
    public void What_is_picked_is_what_was_asked_for_and_is_there() => Keys.Sample(keys =>
    {
        var expected = Properties.Where(property => keys.Contains(property.Key) || keys.Contains(property.Key.StartsWith('$') ? "*F" : "*U"))
            .ToDictionary();
        var picked = PropertySelection.Of(keys).From(Properties);
        if (keys.Length == 0)
            Assert.Null(picked);
        else
            Assert.Equal(expected.OrderBy(property => property.Key), picked!.OrderBy(property => property.Key));
    });

    [Fact]
    public void What_many_want_is_no_longer_than_what_one_may_ask_for()
    {
        var few = PropertySelection.Union(Enumerable.Range(0, 256).Select(i => PropertySelection.Of([$"k{i}"])));
        var many = PropertySelection.Union(Enumerable.Range(0, 257).Select(i => PropertySelection.Of([$"k{i}"])));

        Assert.Equal(256, few.Keys.Count);
        Assert.Equal(["*F", "*U"], many.Keys);
        Assert.True(PropertySelection.Of(["k1", "$Roles"]).IsServedBy(many.From(Properties), many.Beside(Properties)));
    }

    [Fact]
    public void A_selection_is_the_same_after_its_announcement() => Keys.Sample(keys =>
    {
        var selection = PropertySelection.Of(keys);
        var announced = PropertySelection.Of([.. selection.Keys]);
        Assert.Equal(selection.Keys, announced.Keys);
        Assert.Equal(selection.IsEmpty, announced.IsEmpty);
        Assert.Equal(selection.From(Properties)?.OrderBy(property => property.Key), announced.From(Properties)?.OrderBy(property => property.Key));
    });

    [Fact]
    public void A_union_serves_each_of_its_parts() => Gen.Select(Keys, Keys).Sample((one, two) =>
    {
        var union = PropertySelection.Union([PropertySelection.Of(one), PropertySelection.Of(two)]).From(Properties) ?? Properties.Take(0).ToDictionary();
        foreach (var part in new[] { one, two })
        {
            var selection = PropertySelection.Of(part);
            Assert.Equal(selection.From(Properties)?.OrderBy(property => property.Key), selection.From(union)?.OrderBy(property => property.Key));
        }
    });

    [Fact]
    public void Beside_a_wildcard_the_single_keys_of_its_kind_are_not_announced()
    {
        Assert.Equal(["*F", "Floor"], PropertySelection.Of(["Floor", "$Principal", "*F", "Floor"]).Keys);
        Assert.Equal(["*U", "$Principal"], PropertySelection.Of(["Floor", "$Principal", "*U"]).Keys);
        Assert.Equal(["*F", "*U"], PropertySelection.Of(["*U", "*F", "Floor", "$Principal"]).Keys);
        Assert.True(PropertySelection.None.IsEmpty);
    }

    [Fact]
    public void What_was_picked_serves_a_selection_if_that_gets_from_it_what_it_would_get_from_all() => Gen.Select(Keys, Keys).Sample((one, two) =>
    {
        var (first, second) = (PropertySelection.Of(one), PropertySelection.Of(two));
        var picked = first.From(Properties);
        var isServed = second.IsServedBy(picked, first.Beside(Properties));

        if (isServed)
            Assert.Equal(second.From(Properties)?.OrderBy(property => property.Key), second.From(picked ?? Properties.Take(0).ToDictionary())?.OrderBy(property => property.Key));
        // The other way round it need not be: who asked only for what there is cannot know that there is no more.
        Assert.Equal(two.All(key => one.Contains(key) || (key is not ("*F" or "*U") && one.Contains(key.StartsWith('$') ? "*F" : "*U"))) || second.IsServedBy(Properties.Where(property => first.Keys.Contains(property.Key)).ToDictionary(), first.Keys), isServed);
    });
}
