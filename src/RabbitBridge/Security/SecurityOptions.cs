namespace RabbitBridge;

/// <summary>
/// Who may open sessions, and what sessions and AMQP users may do; the section <c>Security</c> of a configuration. It can be
/// changed while the gateway runs: a change that holds a mistake is logged, and the last good settings stay. Keys of a
/// configuration do not tell upper from lower case, so no two roles, paths, principals, projects or users may differ in that alone.
/// </summary>
public sealed class SecurityOptions
{
    /// <summary>The name of the section.</summary>
    public const string SectionName = "Security";

    /// <summary>What each role may do, by its name. A role that is only mentioned exists too, and grants nothing.</summary>
    /// <value>The default is none, and then every session and AMQP user may do everything.</value>
    public IDictionary<string, RoleOptions> Roles { get; } = new Dictionary<string, RoleOptions>(StringComparer.Ordinal);

    /// <summary>Paths that inherit no permissions, neither from the paths above them nor a role's defaults.</summary>
    /// <value>The default is none.</value>
    public IList<string> IsolatedPaths { get; } = [];

    /// <summary>Sessions without a principal.</summary>
    public AnonymousSessionOptions AnonymousSessions { get; } = new();

    /// <summary>The roles that every session with a principal has, beside those that its authenticator gives it.</summary>
    /// <value>The default is none.</value>
    public IList<string> NamedSessionRoles { get; } = [];

    /// <summary>Principals who log in with a password, by name.</summary>
    /// <value>The default is none.</value>
    public IDictionary<string, PrincipalOptions> Principals { get; } = new Dictionary<string, PrincipalOptions>(StringComparer.Ordinal);

    /// <summary>The user properties that clients may propose for their sessions, by key. All others that they propose are dropped.</summary>
    /// <value>The default is none.</value>
    public IDictionary<string, TrustedPropertyOptions> TrustedProperties { get; } = new Dictionary<string, TrustedPropertyOptions>(StringComparer.Ordinal);

    /// <summary>
    /// The projects to which sessions may belong, by name, and for each the roles of which a session needs one when it opens. Once
    /// there is one, sessions belong to no other project.
    /// </summary>
    /// <value>The default is none: a session belongs to whatever project it names.</value>
    public IDictionary<string, List<string>> Projects { get; } = new Dictionary<string, List<string>>(StringComparer.Ordinal);

    /// <summary>Bearer tokens.</summary>
    public JwtOptions Jwt { get; } = new();

    /// <summary>
    /// The roles of AMQP users, by name. Once there is one, gateways take frames and presence only from users with the
    /// <see cref="GatewayRole"/>, and plain requests only from users whose roles permit them.
    /// </summary>
    /// <value>The default is none: whoever the broker lets publish may.</value>
    public IDictionary<string, List<string>> AmqpUsers { get; } = new Dictionary<string, List<string>>(StringComparer.Ordinal);

    /// <summary>The role of the AMQP users that are gateways. They may send everything.</summary>
    /// <value>The default is <c>GATEWAY</c>.</value>
    public string GatewayRole { get; set; } = "GATEWAY";
}
