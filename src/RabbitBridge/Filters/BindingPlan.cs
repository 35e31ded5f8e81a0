using RabbitBridge.Fabric;
using RabbitBridge.Sessions;

namespace RabbitBridge.Filters;

/// <summary>
/// Chooses the bindings of a gateway for the properties of its sessions: one for each value of a property that has few, one
/// for a property that has many, within a budget. The broker looks at every binding for every filter request.
/// </summary>
internal sealed class BindingPlan(ulong instance, int budget)
{
    /// <summary>How many bindings the gateway may have in all.</summary>
    public int Budget => budget;

    /// <summary>How many bindings may stand for properties: two are kept for the two forms of the general one.</summary>
    public int PropertyBudget => budget - 2;

    /// <summary>The binding of every gateway with sessions.</summary>
    /// <param name="getsNarrowed">Whether it brings every narrowed request too.</param>
    public SessionBinding General(bool getsNarrowed) => new(
        getsNarrowed ? FilterHeaders.Narrowed : FilterHeaders.Gateway(instance),
        getsNarrowed ? [FilterHeaders.Gateway(instance), FilterHeaders.All] : [FilterHeaders.All]);

    /// <summary>The bindings for sessions with these values.</summary>
    /// <param name="hasSessions">Whether there is any session.</param>
    /// <param name="properties">The properties, with their values where there are no more than <see cref="PropertyBudget"/>.</param>
    public IReadOnlyList<SessionBinding> For(bool hasSessions, IReadOnlyCollection<PropertyValues> properties)
    {
        if (!hasSessions)
            return [];
        if (properties.Count > PropertyBudget)
            return [General(getsNarrowed: true)];

        var bindings = new List<SessionBinding> { General(getsNarrowed: false) };
        var left = PropertyBudget - properties.Count;
        foreach (var property in properties.OrderBy(property => property.Distinct).ThenBy(property => property.Key, StringComparer.Ordinal))
        {
            if (property.Distinct - 1 > left)
            {
                bindings.Add(new SessionBinding(FilterHeaders.AnyOf(property.Key), [FilterHeaders.Has(property.Key)]));
                continue;
            }

            left -= property.Distinct - 1;
            bindings.AddRange(property.Values.Select(value => new SessionBinding(FilterHeaders.Value(property.Key, value), [FilterHeaders.Has(property.Key)])));
        }

        return bindings;
    }
}
