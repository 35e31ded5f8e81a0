namespace RabbitBridge.Security;

/// <summary>Checks roles, their permissions and isolated paths.</summary>
internal static class RoleChecks
{
    public static void Check(SecurityOptions options, Problems problems)
    {
        foreach (var (name, role) in options.Roles)
        {
            var key = $"Roles:{name}";
            problems.CheckName(key, name, "a role");
            problems.CheckRoles($"{key}:Includes", role.Includes);
            CheckPermissions($"{key}:Permissions", role.Permissions, areGlobal: true, problems);
            CheckPermissions($"{key}:DefaultPathPermissions", role.DefaultPathPermissions, areGlobal: false, problems);
            CheckPaths($"{key}:Paths", role.Paths, problems);
        }

        for (var i = 0; i < options.IsolatedPaths.Count; i++)
            problems.CheckPath($"IsolatedPaths:{i}", options.IsolatedPaths[i]);
        CheckCircles(options.Roles, problems);
    }

    private static void CheckPaths(string key, IDictionary<string, List<string>> paths, Problems problems)
    {
        var seen = new Dictionary<MessagePath, string>();
        foreach (var (text, permissions) in paths)
        {
            CheckPermissions($"{key}:{text}", permissions ?? [], areGlobal: false, problems);
            if (problems.CheckPath($"{key}:{text}", text) is { } path && !seen.TryAdd(path, text))
                problems.Add($"{key}:{text}", $"this is the same path as '{seen[path]}'; write one of them.");
        }
    }

    private static void CheckPermissions(string key, IList<string> names, bool areGlobal, Problems problems)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (PermissionNames.Find(names[i]) is not { } permission)
                problems.Add($"{key}:{i}", $"'{names[i]}' is no permission; allowed are {PermissionNames.All(areGlobal)}.");
            else if (PermissionNames.IsGlobal(permission) != areGlobal)
                problems.Add($"{key}:{i}", $"{names[i]} is a permission {(areGlobal ? "by path" : "of the whole gateway")}; allowed here are {PermissionNames.All(areGlobal)}.");
        }
    }

    // Each circle is told once, at the inclusion that closes it.
    private static void CheckCircles(IDictionary<string, RoleOptions> roles, Problems problems)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        var way = new List<string>();
        foreach (var role in roles.Keys)
            Visit(role);

        void Visit(string role)
        {
            if (done.Contains(role) || !roles.TryGetValue(role, out var options))
                return;
            way.Add(role);
            for (var i = 0; i < options.Includes.Count; i++)
            {
                var included = options.Includes[i];
                var start = included is null ? -1 : way.IndexOf(included);
                if (start >= 0)
                    problems.Add($"Roles:{role}:Includes:{i}", $"the roles include each other in a circle: {string.Join(" > ", way.Skip(start).Append(included))}; take one inclusion out.");
                else if (included is not null)
                    Visit(included);
            }

            way.RemoveAt(way.Count - 1);
            done.Add(role);
        }
    }
}
