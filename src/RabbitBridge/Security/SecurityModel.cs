using System.Collections.Concurrent;
using System.Collections.Frozen;
using RabbitBridge.Filters;

namespace RabbitBridge.Security;

/// <summary>The security settings in the form in which they are asked: immutable, made once from options without mistakes.</summary>
internal sealed class SecurityModel
{
    // Sets of roles beyond any honest number: someone makes up roles.
    private const int MaxViews = 10_000;

    private readonly FrozenDictionary<string, RoleOptions> _roles;
    private readonly FrozenSet<string> _isolated;
    private readonly FrozenDictionary<string, RoleView> _users;
    private readonly FrozenDictionary<string, IReadOnlyCollection<string>> _userRoles;
    private readonly FrozenSet<string> _gateways;
    private readonly FrozenDictionary<string, List<string>> _projects;
    private readonly RoleView _nobody;
    private readonly bool _checksUsers;
    private readonly ConcurrentDictionary<string, RoleView> _views = new(StringComparer.Ordinal);
    private int _viewCount;

    public SecurityModel(SecurityOptions options)
    {
        _roles = options.Roles.ToFrozenDictionary(StringComparer.Ordinal);
        _isolated = options.IsolatedPaths.Select(Canonical).ToFrozenSet(StringComparer.Ordinal);
        _nobody = Compile([]);
        _checksUsers = options.AmqpUsers.Count > 0;
        _users = options.AmqpUsers.ToFrozenDictionary(static user => user.Key, user => Compile(user.Value), StringComparer.Ordinal);
        _userRoles = options.AmqpUsers.ToFrozenDictionary(static user => user.Key, user => (IReadOnlyCollection<string>)Close(user.Value), StringComparer.Ordinal);
        _gateways = options.AmqpUsers.Where(user => Close(user.Value).Contains(options.GatewayRole)).Select(static user => user.Key).ToFrozenSet(StringComparer.Ordinal);
        _projects = options.Projects.ToFrozenDictionary(StringComparer.Ordinal);

        PermitsAll = _roles.Count == 0;
        AllowsAnonymous = options.AnonymousSessions.Allowed
            ?? (PermitsAll && options.Principals.Count == 0 && options.Jwt.SigningKeys.Count == 0);
        AnonymousRoles = [.. options.AnonymousSessions.Roles];
        NamedRoles = [.. options.NamedSessionRoles];
        Principals = new PrincipalBook(options.Principals);
        TrustedProperties = options.TrustedProperties.ToFrozenDictionary(
            static property => property.Key, static property => new TrustedProperty(property.Key, property.Value), StringComparer.Ordinal);
        Jwt = options.Jwt;
        JwtKeys = [.. options.Jwt.SigningKeys.Select(JwtKey.Parse)];
    }

    /// <summary>How many sets of roles are remembered, for tests.</summary>
    public int CachedViews => _views.Count;

    /// <summary>Whether there are no roles, and so nothing is forbidden.</summary>
    public bool PermitsAll { get; }

    public bool AllowsAnonymous { get; }

    public IReadOnlyList<string> AnonymousRoles { get; }

    /// <summary>The names of the roles that have permissions.</summary>
    public IEnumerable<string> Roles => _roles.Keys;

    /// <summary>The AMQP users that have roles; none if all users may do everything.</summary>
    public IEnumerable<string> AmqpUsers => _users.Keys;

    public IReadOnlyList<string> NamedRoles { get; }

    public PrincipalBook Principals { get; }

    public FrozenDictionary<string, TrustedProperty> TrustedProperties { get; }

    public JwtOptions Jwt { get; }

    public IReadOnlyList<JwtKey> JwtKeys { get; }

    /// <param name="roles">The roles as the property <see cref="SessionProperty.Roles"/> has them.</param>
    /// <param name="permission">What the session wants to do.</param>
    /// <param name="path">The path for permissions by path.</param>
    public bool IsPermitted(string roles, Permission permission, MessagePath path) =>
        PermitsAll || (_views.TryGetValue(roles, out var view) ? view : Add(roles)).Permits(permission, path);

    public bool IsUserPermitted(string? amqpUser, Permission permission, MessagePath path) =>
        !_checksUsers || PermitsAll || IsGateway(amqpUser)
        || (amqpUser is not null && _users.TryGetValue(amqpUser, out var view) ? view : _nobody).Permits(permission, path);

    public bool IsGateway(string? amqpUser) => !_checksUsers || (amqpUser is not null && _gateways.Contains(amqpUser));

    public bool MayBelong(string project, IEnumerable<string> roles) =>
        _projects.Count == 0 || (_projects.TryGetValue(project, out var members) && Close(roles).Overlaps(members));

    public IReadOnlyCollection<string>? RolesOf(string? amqpUser) =>
        !_checksUsers ? [] : amqpUser is null ? null : _userRoles.GetValueOrDefault(amqpUser);

    private static string Canonical(string path) => MessagePath.Parse(path).Value;

    private RoleView Add(string roles)
    {
        var view = Compile(RoleSet.Parse(roles));
        if (Interlocked.Increment(ref _viewCount) > MaxViews)
        {
            _views.Clear();
            Interlocked.Exchange(ref _viewCount, 1);
        }

        _views[roles] = view;
        return view;
    }

    private RoleView Compile(IEnumerable<string> roles)
    {
        var options = Close(roles).Select(role => _roles.GetValueOrDefault(role)).OfType<RoleOptions>().ToArray();
        var rules = _isolated.ToDictionary(static path => path, static _ => new PathRule(null, IsIsolated: true), StringComparer.Ordinal);
        foreach (var (path, permissions) in options.SelectMany(static role => role.Paths))
        {
            var rule = rules.GetValueOrDefault(Canonical(path));
            rules[Canonical(path)] = rule with { Assigned = (rule.Assigned ?? default) | PermissionSet.Of(permissions) };
        }

        return new RoleView(
            PermissionSet.Of(options.SelectMany(static role => role.Permissions)),
            PermissionSet.Of(options.SelectMany(static role => role.DefaultPathPermissions)),
            rules);
    }

    private HashSet<string> Close(IEnumerable<string> roles)
    {
        var closed = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(roles);
        while (open.TryPop(out var role))
        {
            if (!closed.Add(role) || !_roles.TryGetValue(role, out var options))
                continue;
            foreach (var included in options.Includes)
                open.Push(included);
        }

        return closed;
    }
}
