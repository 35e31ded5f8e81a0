namespace RabbitBridge.UnitTests.Security;

/// <summary>The originals' four rules, written down as they are told; names of permissions stand for themselves.</summary>
internal sealed record NaiveSecurity(
    IReadOnlyDictionary<string, NaiveRole> Roles, IReadOnlySet<string> IsolatedPaths)
{
    public bool IsPermittedGlobally(IEnumerable<string> roles, string permission) => All(roles).Any(role => Of(role).Permissions.Contains(permission));

    public bool IsPermittedOn(IEnumerable<string> roles, string permission, string path) => OnPath([.. All(roles)], path).Contains(permission);

    public SecurityOptions ToOptions()
    {
        var options = new SecurityOptions();
        foreach (var (name, role) in Roles)
        {
            var copy = options.Roles[name] = new RoleOptions();
            Copy(role.Includes, copy.Includes);
            Copy(role.Permissions, copy.Permissions);
            Copy(role.Defaults, copy.DefaultPathPermissions);
            foreach (var (path, permissions) in role.Paths)
                copy.Paths[path.Length == 0 ? "/" : path] = [.. permissions];
        }

        foreach (var path in IsolatedPaths)
            options.IsolatedPaths.Add(path.Length == 0 ? "/" : path);
        return options;
    }

    private static void Copy(IEnumerable<string> from, IList<string> to)
    {
        foreach (var each in from)
            to.Add(each);
    }

    private HashSet<string> OnPath(string[] roles, string path)
    {
        // (1) The path has assignments for one or more of the roles: their union.
        var assigned = roles.Where(role => Of(role).Paths.ContainsKey(path)).ToArray();
        if (assigned.Length > 0)
            return [.. assigned.SelectMany(role => Of(role).Paths[path])];
        // (4) Nothing was found, and the path is isolated: nothing.
        if (IsolatedPaths.Contains(path))
            return [];
        // (2) Else the parent.
        if (path.Length > 0)
            return OnPath(roles, path.Contains('/', StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : "");
        // (3) Nothing was found up to the root, and nothing was isolated: the union of the defaults.
        return [.. roles.SelectMany(role => Of(role).Defaults)];
    }

    private IEnumerable<string> All(IEnumerable<string> roles) => roles.SelectMany(role => All(Of(role).Includes).Prepend(role)).Distinct();

    private NaiveRole Of(string role) => Roles.GetValueOrDefault(role, NaiveRole.Nothing);
}
