namespace RabbitBridge.Security;

/// <summary>Checks the roles of projects.</summary>
internal static class ProjectChecks
{
    public static void Check(SecurityOptions options, Problems problems)
    {
        foreach (var (project, roles) in options.Projects)
        {
            var key = $"Projects:{project}";
            if (!ProjectPayload.IsName(project))
                problems.Add(key, $"the name of a project {ProjectPayload.NameRule}.");
            problems.CheckRoles(key, roles ?? []);
            if (roles is null or { Count: 0 })
                problems.Add(key, $"it has no roles, so nobody could belong to it; name one, such as {SecurityOptions.SectionName}:{key}:0.");
        }
    }
}
