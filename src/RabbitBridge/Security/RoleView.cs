using System.Collections.Frozen;

namespace RabbitBridge.Security;

/// <summary>What a session with a certain set of roles may do.</summary>
internal sealed class RoleView
{
    private readonly PermissionSet _global;
    private readonly PermissionSet _defaults;
    private readonly bool _hasRules;
    private readonly FrozenDictionary<string, PathRule>.AlternateLookup<ReadOnlySpan<char>> _rules;

    public RoleView(PermissionSet global, PermissionSet defaults, IReadOnlyDictionary<string, PathRule> rules)
    {
        (_global, _defaults, _hasRules) = (global, defaults, rules.Count > 0);
        if (_hasRules)
            _rules = rules.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public bool Permits(Permission permission, MessagePath path) =>
        (PermissionNames.IsGlobal(permission) ? _global : OnPath(path)).Contains(permission);

    // From the path upwards: the nearest assignment holds, though it be empty, and an isolated path ends the way.
    private PermissionSet OnPath(MessagePath path)
    {
        if (!_hasRules)
            return _defaults;
        for (var at = path.Value.AsSpan(); ; at = at[..Math.Max(0, at.LastIndexOf('/'))])
        {
            if (_rules.TryGetValue(at, out var rule))
            {
                if (rule.Assigned is { } assigned)
                    return assigned;
                if (rule.IsIsolated)
                    return default;
            }

            if (at.IsEmpty)
                return _defaults;
        }
    }
}
