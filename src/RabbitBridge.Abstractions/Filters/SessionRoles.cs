namespace RabbitBridge.Filters;

/// <summary>The roles of a session, read from its property for a filter.</summary>
internal sealed class SessionRoles
{
    // A filter looks at one session after the other, and may have many clauses about roles.
    [ThreadStatic]
    private static SessionRoles? Last;

    private readonly string _property;

    private SessionRoles(string property)
    {
        _property = property;
        Roles = RoleSet.Parse(property);
        Text = RoleSet.Format(Roles);
    }

    public HashSet<string> Roles { get; }

    /// <summary>The canonical text: equal for equal sets.</summary>
    public string Text { get; }

    /// <summary>Reads the value of <see cref="SessionProperty.Roles"/>.</summary>
    public static SessionRoles Read(string property) =>
        Last is { } last && last._property == property ? last : Last = new SessionRoles(property);
}
