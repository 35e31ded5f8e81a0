namespace RabbitBridge.Gateway.IntegrationTests.Security;

/// <summary>The originals' rules, as their documentation tells them, and slowly.</summary>
internal static class PermissionModel
{
    public static bool IsPermitted(IReadOnlyCollection<Role> roles, IReadOnlyCollection<string> isolated, Permission permission, string path)
    {
        if (permission is Permission.RegisterHandler or Permission.ViewSession or Permission.ModifySession or Permission.ControlServer)
            return roles.Any(role => role.Permissions.Contains(permission));
        var segments = path.Split('/');
        for (var length = segments.Length; length > 0; length--)
        {
            var at = string.Join('/', segments.Take(length));
            var assignments = roles.SelectMany(role => role.Paths).Where(assignment => assignment.Path == at).ToArray();
            if (assignments.Length > 0)
                return assignments.Any(assignment => assignment.Permissions.Contains(permission));
            if (isolated.Contains(at))
                return false;
        }

        return roles.Any(role => role.Defaults.Contains(permission));
    }
}
