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
}
