using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;

namespace RabbitBridge.Routing;

/// <summary>
/// The gateways of the fabric and their routes, kept by the presence protocol: changes are announced to all, versions in
/// heartbeats show a gap, a snapshot heals it. A change of this gateway's routes is complete when every other gateway has
/// acknowledged it, so that nobody routes by what was.
/// </summary>
internal sealed class Roster
{
    /// <summary>How many presence deliveries all gateways together may cause each second; large rosters beat slower.</summary>
    private const int DeliveriesPerSecond = 200;

    /// <summary>How long a lost gateway's sessions are said to be out of reach rather than not to exist.</summary>
    private const int LostLatelyMilliseconds = 10_000;

    private readonly FabricIdentity _self;
    private readonly IFabric _fabric;
    private readonly RouteTable _routes;
    private readonly RosterTimes _times;
    private readonly ILogger _logger;
    private readonly Action<GatewayLink, string> _onLost;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Peer> _peers = [];
    private readonly Dictionary<ulong, long> _lost = [];
    private readonly Dictionary<ulong, long> _left = [];
    private readonly Dictionary<MessagePath, BranchAnnouncement> _own = [];
    private readonly AcknowledgementWaits _waits = new();
    private readonly PeerWatch _watch;
    private Peer[] _snapshot = [];
    private IReadOnlyList<string> _headers = [];
    private string _address = string.Empty;
    private volatile bool _isLinked;
    private GatewayLink? _ownLink;
    private long _version;
    private long _nextHeartbeat;
    private bool _hasLeft;

    public Roster(FabricIdentity self, IFabric fabric, RouteTable routes, RosterTimes times, ILogger logger, Action<GatewayLink, string> onLost)
    {
        (_self, _fabric, _routes, _times, _logger, _onLost) = (self, fabric, routes, times, logger, onLost);
        _watch = new PeerWatch(times);
    }

    /// <summary>The other gateways.</summary>
    public IReadOnlyList<Peer> Peers => Volatile.Read(ref _snapshot);

    /// <summary>The link to this gateway's own inbox: what the broker gives back of a branch that others handle too. <see langword="null"/> before the first epoch.</summary>
    public GatewayLink? OwnLink => Volatile.Read(ref _ownLink);

    /// <summary>Whether the gateways can be reached: an epoch runs, and they have their links in it.</summary>
    public bool IsUp => _isLinked && _fabric.IsUp;

    public Peer? Find(ulong instance) => Array.Find(Volatile.Read(ref _snapshot), peer => peer.Instance == instance);

    public bool WasLostLately(ulong instance)
    {
        lock (_gate)
            return _lost.TryGetValue(instance, out var at) && _self.Clock.Now - at < LostLatelyMilliseconds;
    }

    /// <summary>A new epoch has begun: all links are new, and every gateway is asked for its routes.</summary>
    public void OnUp(string address)
    {
        lock (_gate)
        {
            _address = address;
            Volatile.Write(ref _ownLink, _fabric.Link(address));
            foreach (var peer in _peers.Values)
                Relink(peer, peer.Link.Address);
            _isLinked = true;
            _nextHeartbeat = 0;
            _fabric.Broadcast(Message(PresenceKind.SnapshotRequest));
        }
    }

    /// <summary>The epoch is over: nobody can acknowledge anything in it.</summary>
    public void OnDown()
    {
        lock (_gate)
        {
            _isLinked = false;
            _address = string.Empty;
            _waits.Check();
        }
    }

    /// <summary>Waits until the routes of every gateway that is there are known, or the time for that is over.</summary>
    public async Task SynchroniseAsync(CancellationToken cancellationToken)
    {
        if (!_fabric.FoundOthers)
            return;
        Task synchronised;
        lock (_gate)
            synchronised = _waits.Add(IsSynchronised, IsSynchronised());
        await WaitAsync(synchronised, "the routes of all gateways", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Announces a branch of this gateway and waits until every gateway routes by it.</summary>
    public Task AnnounceAsync(BranchAnnouncement branch, CancellationToken cancellationToken) =>
        ChangeAsync(Message(PresenceKind.Change) with { Added = [branch] }, () => _own[branch.Path] = branch, cancellationToken);

    /// <summary>Withdraws a branch of this gateway and waits until no gateway routes by it.</summary>
    public Task WithdrawAsync(MessagePath branch, CancellationToken cancellationToken) =>
        ChangeAsync(Message(PresenceKind.Change) with { Withdrawn = [branch] }, () => _own.Remove(branch), cancellationToken);

    /// <summary>Announces the headers by which filter requests reach this gateway, and waits until every gateway knows.</summary>
    public Task AnnounceAsync(IReadOnlyList<string> headers, CancellationToken cancellationToken) =>
        ChangeAsync(Message(PresenceKind.Change) with { Headers = headers }, () => _headers = headers, cancellationToken);

    /// <summary>Tells all that the gateway leaves, and says nothing more: whatever it said would bring it back into their rosters.</summary>
    public void SayGoodbye()
    {
        lock (_gate)
        {
            _hasLeft = true;
            Broadcast(Message(PresenceKind.Goodbye));
        }
    }

    public void OnPresence(PresenceMessage message)
    {
        // What an ended epoch delivers still is asked for anew in the next one.
        if (message.Instance == _self.Instance || !_fabric.IsUp)
            return;
        lock (_gate)
        {
            // Before its own address is known to it, the gateway has nothing to answer with; it asks all when it is.
            if (_hasLeft || _address.Length == 0)
                return;
            if (_left.ContainsKey(message.Instance))
                return;
            if (message.Kind == PresenceKind.Goodbye)
            {
                // What it said before may come after it, by another way.
                _left.Add(message.Instance, _self.Clock.Now);
                if (_peers.TryGetValue(message.Instance, out var leaving))
                    Remove(leaving, "it has left", hasLeft: true);
                return;
            }

            var peer = FindOrAdd(message);
            peer.Link.ProbedAt = 0;
            peer.Link.Heard(_self.Clock.Now);
            if (peer.Name == _self.Name && !peer.IsNamesakeTold)
            {
                peer.IsNamesakeTold = true;
                Log.NameTwice(_logger, peer.Name, peer.Link.Address);
            }

            switch (message.Kind)
            {
                case PresenceKind.Heartbeat:
                    peer.SilenceLimit = 3 * Math.Max(message.HeartbeatMilliseconds, 1);
                    AskIfBehind(peer, message.Version);
                    break;
                case PresenceKind.SnapshotRequest:
                    peer.Link.Send(Message(PresenceKind.Snapshot) with { Added = [.. _own.Values], Headers = _headers, Known = [.. _peers.Values.Select(known => new KnownGateway(known.Instance, known.Name, known.Link.Address))] });
                    AskIfBehind(peer, message.Version);
                    break;
                // Snapshots and changes come by different channels: one that a change has overtaken would take it back.
                case PresenceKind.Snapshot when message.Version >= peer.Version:
                    peer.Replace(message.Added, message.Version);
                    peer.Reached(message.Headers ?? []);
                    Acknowledge(peer);
                    AskUnknown(message.Known);
                    break;
                case PresenceKind.Change when message.BaseVersion == peer.Version:
                    peer.Change(message.Withdrawn, message.Added, message.Version);
                    peer.Reached(message.Headers);
                    Acknowledge(peer);
                    break;
                case PresenceKind.Change when message.Version > peer.Version:
                    // A change was missed.
                    peer.Link.Send(Message(PresenceKind.SnapshotRequest));
                    break;
                case PresenceKind.Acknowledgement:
                    peer.AcknowledgedVersion = Math.Max(peer.AcknowledgedVersion, message.Version);
                    break;
                case PresenceKind.Probe:
                    peer.Link.Send(Message(PresenceKind.ProbeAnswer));
                    break;
            }

            _waits.Check();
        }
    }

    /// <summary>A link's other end is known to be gone.</summary>
    public void OnGone(GatewayLink link)
    {
        lock (_gate)
        {
            if (_peers.Values.FirstOrDefault(peer => peer.Link == link) is { } peer)
                Remove(peer, "its inbox is gone");
            else
                Lose(link, "its inbox is gone");
        }
    }

    /// <summary>Sends heartbeats, and probes gateways that are silent though something depends on them.</summary>
    public void Tick()
    {
        if (!_fabric.IsUp)
            return;
        lock (_gate)
        {
            if (_hasLeft || _address.Length == 0)
                return;
            var now = _self.Clock.Now;
            if (now >= _nextHeartbeat)
            {
                var interval = HeartbeatInterval();
                _nextHeartbeat = now + interval;
                _fabric.Broadcast(Message(PresenceKind.Heartbeat) with { HeartbeatMilliseconds = interval });
            }

            _watch.Tick(_snapshot, now, _waits.Any, Probe, (peer, why) => Remove(peer, why));
        }
    }

    private int HeartbeatInterval()
    {
        var gateways = _peers.Count + 1;
        return Math.Max(_times.HeartbeatMilliseconds, gateways * gateways * 1000 / DeliveriesPerSecond);
    }

    private Peer FindOrAdd(PresenceMessage message)
    {
        if (_peers.TryGetValue(message.Instance, out var peer))
        {
            if (peer.Link.Address != message.Address)
            {
                Lose(peer.Link, "it has connected anew");
                Relink(peer, message.Address);
            }

            return peer;
        }

        foreach (var namesake in _peers.Values.Where(other => other.Name == message.Name && other.Link.ProbedAt == 0))
        {
            // Either its process was started again and the old one is gone, or two gateways share a name by mistake.
            Probe(namesake);
        }

        return Add(message.Instance, message.Name, message.Address);
    }

    private Peer Add(ulong instance, string name, string address)
    {
        var peer = new Peer(instance, name, _fabric.Link(address), _routes);
        peer.Link.Heard(_self.Clock.Now);
        _peers.Add(instance, peer);
        _lost.Remove(instance);
        TakeSnapshot();
        Log.GatewayJoined(_logger, name, address);
        return peer;
    }

    private void Relink(Peer peer, string address)
    {
        peer.Link = _fabric.Link(address);
        peer.Link.Heard(_self.Clock.Now);
    }

    private void AskIfBehind(Peer peer, long version)
    {
        if (version != peer.Version)
            peer.Link.Send(Message(PresenceKind.SnapshotRequest));
    }

    private void AskUnknown(IEnumerable<KnownGateway> gateways)
    {
        foreach (var known in gateways.Where(known => known.Instance != _self.Instance && !_peers.ContainsKey(known.Instance)))
            AskIfBehind(Add(known.Instance, known.Name, known.Address), version: 0);
    }

    private void Acknowledge(Peer peer) =>
        peer.Link.Send(Message(PresenceKind.Acknowledgement) with { Version = peer.Version });

    private void Probe(Peer peer)
    {
        peer.Link.ProbedAt = _self.Clock.Now;
        peer.Link.Send(Message(PresenceKind.Probe));
    }

    private void Remove(Peer peer, string why, bool hasLeft = false)
    {
        _peers.Remove(peer.Instance);
        _lost[peer.Instance] = _self.Clock.Now;
        foreach (var all in new[] { _lost, _left })
        {
            foreach (var old in all.Where(entry => _self.Clock.Now - entry.Value > LostLatelyMilliseconds).Select(entry => entry.Key).ToArray())
                all.Remove(old);
        }

        TakeSnapshot();
        peer.WithdrawAll();
        if (hasLeft)
            Log.GatewayLeft(_logger, peer.Name, peer.Link.Address);
        else
            Log.GatewayLost(_logger, peer.Name, peer.Link.Address, why);
        Lose(peer.Link, why);
        _waits.Check();
    }

    private void Lose(GatewayLink link, string why)
    {
        link.MarkGone();
        _fabric.Drop(link);
        _onLost(link, why);
    }

    private async Task ChangeAsync(PresenceMessage change, Action apply, CancellationToken cancellationToken)
    {
        Task acknowledged;
        lock (_gate)
        {
            var version = ++_version;
            apply();
            Broadcast(change with { Address = _address, Version = version, BaseVersion = version - 1 });
            acknowledged = _waits.Add(() => IsAcknowledged(version), IsAcknowledged(version));
        }

        await WaitAsync(acknowledged, "all gateways to know the change of routes", cancellationToken).ConfigureAwait(false);
    }

    // Between two epochs there is no address under which the others would take it; the next one begins by asking, and telling, all.
    private void Broadcast(PresenceMessage message)
    {
        if (_address.Length > 0)
            _fabric.Broadcast(message);
    }

    // Without an epoch nobody can be told; the next one begins with a snapshot for all.
    private bool IsAcknowledged(long version) => !_fabric.IsUp || _peers.Values.All(peer => peer.AcknowledgedVersion >= version);

    // A gateway that is gone already is found out when what it is asked comes back.
    private bool IsSynchronised() => _peers.Count > 0 && _peers.Values.All(peer => peer.Version >= 0);

    // A gateway that hangs is found out by its probe; a change must not wait for longer than that takes.
    private async Task WaitAsync(Task condition, string what, CancellationToken cancellationToken)
    {
        try
        {
            await condition.WaitAsync(TimeSpan.FromMilliseconds(_times.SettleMilliseconds), _self.Clock.TimeProvider, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.RosterNotSettled(_logger, what, _times.SettleMilliseconds);
        }
    }

    private PresenceMessage Message(PresenceKind kind) => new()
    {
        Kind = kind,
        Instance = _self.Instance,
        Name = _self.Name,
        Address = _address,
        Version = _version,
    };

    private void TakeSnapshot() => Volatile.Write(ref _snapshot, [.. _peers.Values]);
}
