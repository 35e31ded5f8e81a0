using RabbitBridge.Sessions;

namespace RabbitBridge.Filters;

/// <summary>
/// Finds terms of which every session that a filter matches has at least one: whoever has none of them need not see the
/// request. Sound for whatever filter; how narrow it is depends on the filter.
/// </summary>
internal sealed class FilterCover(Func<IEnumerable<string>, int> reach)
{
    // Headers cost the broker time at each binding; a filter with more alternatives goes to all.
    private const int MaxTerms = 64;

    // Any operand of an "and" covers it; among very many it is not worth looking for the best.
    private const int MaxCompared = 64;

    /// <summary>The headers of the request for a filter.</summary>
    /// <returns>None if no session anywhere can match.</returns>
    public IReadOnlyCollection<string> Headers(SessionFilter filter)
    {
        var terms = Cover(filter.Expression);
        return terms is null || terms.Count > MaxTerms ? [FilterHeaders.All] : HeadersOf(terms);
    }

    private static HashSet<string> HeadersOf(IEnumerable<FilterTerm> terms) =>
        terms.SelectMany(term => term.Headers).ToHashSet(StringComparer.Ordinal);

    /// <returns>The terms; <see langword="null"/> if there are none that would do.</returns>
    private IReadOnlyCollection<FilterTerm>? Cover(FilterExpression expression) => expression switch
    {
        AndExpression and => Best(and.Operands),
        OrExpression or => Union(or.Operands.Select(Cover)),
        NotExpression { Operand: AllExpression } => [],
        NotExpression { Operand: OrExpression or } => Best([.. or.Operands.Select(operand => operand.Negate())]),
        NotExpression { Operand: AndExpression and } => Union(and.Operands.Select(operand => Cover(operand.Negate()))),
        EqualExpression equal => Value(equal.Key, equal.Value),
        InExpression { Values.Count: > MaxTerms } list => Any(list.Key),
        InExpression list => Union(list.Values.Select(value => Value(list.Key, value))),
        HasExpression has => Any(has.Key),
        MatchesExpression matches => Any(matches.Key),
        HasRolesExpression roles => Role(roles.Roles),
        _ => null,
    };

    private static FilterTerm[]? Any(string key) =>
        SessionIndex.Holds(key) && key != SessionProperty.Roles ? [new FilterTerm(key, null)] : null;

    private FilterTerm[]? Value(string key, string value) => key switch
    {
        SessionProperty.SessionIdentifier => [new FilterTerm(key, value)],
        SessionProperty.Roles => RoleSet.Parse(value) is { Count: > 0 } roles ? Role(roles) : null,
        _ => SessionIndex.Holds(key) ? [new FilterTerm(key, value)] : null,
    };

    private FilterTerm[] Role(IEnumerable<string> roles) =>
        [roles.Take(MaxCompared).Select(role => new FilterTerm(SessionProperty.Roles, role)).MinBy(term => reach(term.Headers))];

    private IReadOnlyCollection<FilterTerm>? Best(IReadOnlyList<FilterExpression> operands) => operands
        .Take(MaxCompared)
        .Select(Cover)
        .Where(terms => terms is { Count: <= MaxTerms })
        .MinBy(terms => reach(HeadersOf(terms!)));

    private static HashSet<FilterTerm>? Union(IEnumerable<IReadOnlyCollection<FilterTerm>?> covers)
    {
        var union = new HashSet<FilterTerm>();
        foreach (var terms in covers)
        {
            if (terms is null || union.Count > MaxTerms)
                return null;
            union.UnionWith(terms);
        }

        return union;
    }
}
