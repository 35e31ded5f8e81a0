using CsCheck;

namespace RabbitBridge.UnitTests.Filters;

/// <summary>Random filters and sessions, of so few keys and values that filters often match, and of hostile ones.</summary>
internal static class FilterGenerator
{
    /// <summary>How deep the operators of a filter nest.</summary>
    public const int MaxDepth = 6;

    private static readonly Gen<string> UserKey = Gen.OneOf(
        "a", "b", "A", "Department", "is", "in", "not", "NOT", "and", "or", "has", "hasRoles", "all", "eq", "matches", "a=b", "!", "é😀", "\\");

    public static Gen<string> Key { get; } = Gen.Frequency(
        (6, UserKey), (1, Gen.OneOf(SessionProperty.Principal, SessionProperty.ClientIP)));

    public static Gen<string> Value { get; } = Gen.Frequency(
        (12, Gen.OneOf("", "a", "b", "ab", "AB", "aa", "192.168.0.1", "\"", "'", "\\", "\\\"", "\\\\'", "a,b", "é😀", ")", "and", " x ", "a\nb", "\ud800", "]")),
        (1, Gen.String[0, 8]));

    public static Gen<string[]> Roles { get; } = Gen.OneOf("admin", "client", "o'p\"q\\", "a,b", "x y", "é").Array[1, 3];

    public static Gen<FilterSession> Session { get; } = Gen.Select(
        Gen.Dictionary(Key, Value)[0, 8],
        Gen.Frequency((1, Gen.Const((string[]?)null)), (3, Roles.Select(static roles => (string[]?)roles))),
        static (values, roles) => new FilterSession(values, roles?.ToHashSet(StringComparer.Ordinal)));

    // Two of them are combined.
    public static Gen<FilterModel> Model { get; } = Nested(MaxDepth).Where(static model => model.Regexes <= 8);

    /// <summary>A filter's text, in any style.</summary>
    public static Gen<string> Text { get; } = Gen.Select(Model, Gen.Int, static (model, seed) => model.Write(new FilterStyle(seed)));

    /// <summary>A parsed filter.</summary>
    public static Gen<SessionFilter> Filter { get; } = Text.Select(SessionFilter.Parse);

    private static Gen<FilterModel> Clause() => Gen.Frequency(
        (1, Gen.Const<FilterModel>(new FilterModel.Always())),
        (3, Key.Select(FilterModel (key) => new FilterModel.Has(key))),
        (8, Gen.Select(Key, Value, Gen.Bool, FilterModel (key, value, isNegated) => new FilterModel.Equal(key, value, isNegated))),
        (4, Gen.Select(Key, Value.Array[1, 4], FilterModel (key, values) => new FilterModel.Among(key, values))),
        (2, Gen.Select(Key, Gen.OneOf(FilterPattern.Some), FilterModel (key, pattern) => new FilterModel.Like(key, pattern))),
        (2, Roles.Select(FilterModel (roles) => new FilterModel.HasRoles(roles))),
        (2, Gen.Select(Roles, Gen.Bool, FilterModel (roles, isNegated) => new FilterModel.RolesEqual(roles, isNegated))),
        (1, Roles.Array[1, 3].Select(FilterModel (sets) => new FilterModel.RolesAmong(sets))));

    private static Gen<FilterModel> Nested(int depth)
    {
        var clause = Clause();
        if (depth == 0)
            return clause;
        var operand = Nested(depth - 1);
        return Gen.Frequency(
            (3, clause),
            (2, operand.Select(FilterModel (one) => new FilterModel.Not(one))),
            (2, operand.Array[2, 3].Select(FilterModel (all) => new FilterModel.And(all))),
            (2, operand.Array[2, 3].Select(FilterModel (all) => new FilterModel.Or(all))));
    }
}
