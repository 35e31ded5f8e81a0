namespace RabbitBridge.Security;

/// <summary>Checks the roles of AMQP users.</summary>
internal static class AmqpUserChecks
{
    public static void Check(SecurityOptions options, Problems problems)
    {
        if (string.IsNullOrWhiteSpace(options.GatewayRole))
            problems.Add("GatewayRole", "the role's name is empty; the default is GATEWAY.");
        foreach (var (user, roles) in options.AmqpUsers)
        {
            problems.CheckName($"AmqpUsers:{user}", user, "an AMQP user");
            problems.CheckRoles($"AmqpUsers:{user}", roles ?? []);
        }

        if (options.AmqpUsers.Count > 0 && !options.AmqpUsers.Values.Any(roles => roles is not null && Includes(options, roles, [])))
            problems.Add("AmqpUsers", $"no user has the role {options.GatewayRole} (GatewayRole), so gateways could not talk to each other; give it to their users.");
    }

    private static bool Includes(SecurityOptions options, IList<string> roles, HashSet<string> seen) => roles.Any(role =>
        role is not null
        && (role == options.GatewayRole || (seen.Add(role) && options.Roles.TryGetValue(role, out var more) && Includes(options, more.Includes, seen))));
}
