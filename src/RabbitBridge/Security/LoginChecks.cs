using RabbitBridge.Filters;

namespace RabbitBridge.Security;

/// <summary>Checks principals, the roles that sessions get, and what clients may propose.</summary>
internal static class LoginChecks
{
    public static void Check(SecurityOptions options, Problems problems)
    {
        problems.CheckRoles("AnonymousSessions:Roles", options.AnonymousSessions.Roles);
        problems.CheckRoles("NamedSessionRoles", options.NamedSessionRoles);
        foreach (var (name, principal) in options.Principals)
        {
            var key = $"Principals:{name}";
            problems.CheckName(key, name, "a principal");
            if (!PasswordHash.TryParse(principal.PasswordHash ?? string.Empty, out _, out var problem))
                problems.Add($"{key}:PasswordHash", $"the hash cannot be read: {problem}.");
            problems.CheckRoles($"{key}:Roles", principal.Roles);
            foreach (var (property, value) in principal.Properties)
            {
                problems.CheckPropertyKey($"{key}:Properties:{property}", property);
                if (value is null)
                    problems.Add($"{key}:Properties:{property}", "the property has no value; give it a text, or leave it out.");
                else
                    problems.CheckPropertyValue($"{key}:Properties:{property}", property, value);
            }
        }

        foreach (var (property, trusted) in options.TrustedProperties)
            CheckTrusted($"TrustedProperties:{property}", property, trusted, problems);
    }

    private static void CheckTrusted(string key, string property, TrustedPropertyOptions trusted, Problems problems)
    {
        problems.CheckPropertyKey(key, property);
        if (trusted.Values.Count > 0 && trusted.Pattern is not null)
            problems.Add(key, "there are both Values and Pattern; set one of them.");
        else if (trusted.Values.Count == 0 && string.IsNullOrEmpty(trusted.Pattern))
            problems.Add(key, "there is neither Values nor Pattern; set one of them.");
        if (!string.IsNullOrEmpty(trusted.Pattern) && FindProblem(property, trusted.Pattern) is { } problem)
            problems.Add($"{key}:Pattern", $"{problem}.");
    }

    private static string? FindProblem(string property, string pattern)
    {
        if (pattern.Length > MatchesExpression.MaxPatternLength)
            return $"the regular expression has {pattern.Length} characters; at most {MatchesExpression.MaxPatternLength} are allowed";
        if (MatchesExpression.Check(pattern, MatchesExpression.MaxRepetitions, out _) is { } problem)
            return problem == MatchesExpression.TooLarge ? $"the counts in braces amount to more than {MatchesExpression.MaxRepetitions} repetitions" : problem;
        try
        {
            new MatchesExpression(property, pattern, repetitions: 0).Compile();
            return null;
        }
        catch (NotSupportedException)
        {
            return "the regular expression needs backtracking (a back reference, look-around or atomic group) or is too large; neither is allowed";
        }
    }
}
