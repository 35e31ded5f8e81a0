using RabbitBridge.Fabric;

namespace RabbitBridge.Routing;

/// <summary>Another gateway, as far as it is known. Changed by the roster alone, under its lock.</summary>
internal sealed class Peer(ulong instance, string name, GatewayLink link)
{
    private GatewayLink _link = link;

    public ulong Instance { get; } = instance;

    public string Name { get; } = name;

    /// <summary>The way to its inbox in its present epoch and ours.</summary>
    public GatewayLink Link
    {
        get => Volatile.Read(ref _link);
        set => Volatile.Write(ref _link, value);
    }

    /// <summary>The version of its routes that this gateway routes by; -1 before its first snapshot.</summary>
    public long Version { get; set; } = -1;

    /// <summary>The version of this gateway's routes by which the peer is known to route.</summary>
    public long AcknowledgedVersion { get; set; } = -1;

    /// <summary>How long its heartbeat may be late before it is probed, in milliseconds.</summary>
    public int SilenceLimit { get; set; }

    public Dictionary<MessagePath, BranchAnnouncement> Branches { get; } = [];
}
