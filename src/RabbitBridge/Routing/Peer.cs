using System.Collections.Frozen;
using RabbitBridge.Fabric;

namespace RabbitBridge.Routing;

/// <summary>Another gateway, as far as it is known, and its part of the route table. Changed by the roster alone, under its lock.</summary>
internal sealed class Peer(ulong instance, string name, GatewayLink link, RouteTable routes, PathClaims claims)
{
    private readonly Dictionary<MessagePath, BranchAnnouncement> _branches = [];
    private GatewayLink _link = link;
    private FrozenSet<string> _headers = [];
    private long _awayUntil;

    public ulong Instance { get; } = instance;

    public string Name { get; } = name;

    /// <summary>How the gateway itself is addressed, as against a session of it.</summary>
    public SessionId Itself { get; } = ItselfOf(instance);

    /// <summary>The way to its inbox in its present epoch and ours.</summary>
    public GatewayLink Link
    {
        get => Volatile.Read(ref _link);
        set => Volatile.Write(ref _link, value);
    }

    /// <summary>The version of its routes that this gateway routes by; -1 before its first snapshot.</summary>
    public long Version { get; private set; } = -1;

    /// <summary>The version of this gateway's routes by which the peer is known to route.</summary>
    public long AcknowledgedVersion { get; set; } = -1;

    /// <summary>Whether it has told its routes in the present epoch of this gateway.</summary>
    public bool IsSynchronised { get; set; }

    /// <summary>How long its heartbeat may be late before it is probed, in milliseconds.</summary>
    public int SilenceLimit { get; set; }

    /// <summary>Until when it has the time to connect anew, after its inbox was found to be gone; 0 if that is there.</summary>
    public long AwayUntil
    {
        get => Volatile.Read(ref _awayUntil);
        set => Volatile.Write(ref _awayUntil, value);
    }

    /// <summary>Whether its inbox is gone and it may be back: what is for it alone waits.</summary>
    public bool IsAway => AwayUntil != 0;

    /// <summary>The headers of which a filter request must carry one to reach the peer.</summary>
    public FrozenSet<string> Headers => Volatile.Read(ref _headers);

    /// <summary>Whether it has been logged that it has this gateway's own name.</summary>
    public bool IsNamesakeTold { get; set; }

    public int BranchCount => _branches.Count;

    /// <summary>The number 0, which no session has, stands for the gateway.</summary>
    public static SessionId ItselfOf(ulong instance) => new(instance, 0);

    /// <summary>Takes over all of its routes.</summary>
    /// <returns>The paths of services to which this gateway objects.</returns>
    public IReadOnlyList<MessagePath> Replace(IReadOnlyList<BranchAnnouncement> branches, long version)
    {
        var withdrawn = _branches.Keys.Except(branches.Select(branch => branch.Path)).ToArray();
        return Change(withdrawn, branches, version);
    }

    /// <summary>Takes over a change of its routes.</summary>
    /// <returns>The paths of services to which this gateway objects.</returns>
    public IReadOnlyList<MessagePath> Change(IReadOnlyList<MessagePath> withdrawn, IReadOnlyList<BranchAnnouncement> added, long version)
    {
        foreach (var path in withdrawn)
        {
            if (_branches.Remove(path))
                Withdraw(path);
        }

        List<MessagePath> objections = [];
        foreach (var branch in added)
        {
            if (branch.Service is not { } service)
                claims.Forget(branch.Path, Instance);
            else if (claims.Hear(branch.Path, Instance, service.Route))
                objections.Add(branch.Path);
            if (_branches.TryGetValue(branch.Path, out var known) && known.Equals(branch))
                continue;
            _branches[branch.Path] = branch;
            if (branch.Service is { IsClaim: true })
                routes.RemoveRemote(this, branch.Path);
            else
                routes.SetRemote(this, branch);
        }

        Version = version;
        return objections;
    }

    /// <summary>Takes over the headers by which it is reached, if a message tells them.</summary>
    public void Reached(IReadOnlyList<string>? headers)
    {
        if (headers is not null)
            Volatile.Write(ref _headers, headers.ToFrozenSet(StringComparer.Ordinal));
    }

    /// <summary>Takes its routes out of the table.</summary>
    public void WithdrawAll()
    {
        foreach (var path in _branches.Keys)
            Withdraw(path);
        _branches.Clear();
    }

    private void Withdraw(MessagePath path)
    {
        routes.RemoveRemote(this, path);
        claims.Forget(path, Instance);
    }
}
