using System.Collections;

namespace RabbitBridge.Security;

/// <summary>What a session with a certain set of roles may do.</summary>
internal sealed class RoleView
{
    private readonly PermissionSet _global;
    private readonly PermissionSet _defaults;
    private readonly Dictionary<string, PathRule>.AlternateLookup<ReadOnlySpan<char>> _rules;

    // Which lengths the paths with rules have: most paths on the way up need no look at all.
    private readonly BitArray _lengths;

    public RoleView(PermissionSet global, PermissionSet defaults, Dictionary<string, PathRule> rules)
    {
        (_global, _defaults, _rules) = (global, defaults, rules.GetAlternateLookup<ReadOnlySpan<char>>());
        _lengths = new BitArray(rules.Keys.Select(static path => path.Length + 1).DefaultIfEmpty().Max());
        foreach (var path in rules.Keys)
            _lengths[path.Length] = true;
    }

    public bool Permits(Permission permission, MessagePath path) =>
        (PermissionNames.IsGlobal(permission) ? _global : OnPath(path)).Contains(permission);

    // From the path upwards: the nearest assignment holds, though it be empty, and an isolated path ends the way.
    private PermissionSet OnPath(MessagePath path)
    {
        if (_lengths.Length == 0)
            return _defaults;
        for (var at = path.Value.AsSpan(); ; at = at[..Math.Max(0, at.LastIndexOf('/'))])
        {
            if (at.Length < _lengths.Length && _lengths[at.Length] && _rules.TryGetValue(at, out var rule))
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
