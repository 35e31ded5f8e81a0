namespace RabbitBridge.Cli.Remote;

/// <summary>Finds out what has changed between two views of the routes.</summary>
internal sealed class RouteChanges
{
    private Dictionary<string, FabricRoute> _known = [];

    /// <returns>What has come, changed and gone since the last view, by path.</returns>
    public IReadOnlyList<(string What, FabricRoute Route)> Next(IReadOnlyList<FabricRoute> routes)
    {
        var present = routes.ToDictionary(static route => route.Path, StringComparer.Ordinal);
        var changes = new List<(string What, FabricRoute Route)>();
        foreach (var route in present.Values)
        {
            if (!_known.TryGetValue(route.Path, out var before))
                changes.Add(("came", route));
            else if (!IsSame(before, route))
                changes.Add(("changed", route));
        }

        changes.AddRange(_known.Values.Where(route => !present.ContainsKey(route.Path)).Select(static route => ("went", route)));
        _known = present;
        return [.. changes.OrderBy(static change => change.Route.Path, StringComparer.Ordinal)];
    }

    private static bool IsSame(FabricRoute one, FabricRoute other) =>
        one.LocalHandlers == other.LocalHandlers && one.Problem == other.Problem && one.Gateways.ToHashSet(StringComparer.Ordinal).SetEquals(other.Gateways) && What(one) == What(other);

    private static (ServiceState? State, int? Consumers, string? Queue, string? Exchange, string? Key) What(FabricRoute route) =>
        (route.Service?.State, route.Service?.Consumers, route.Service?.Options.Queue, route.Service?.Options.Exchange, route.Service?.Options.RoutingKey);
}
