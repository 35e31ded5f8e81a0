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

    private const string Gone = "its inbox is gone";

    /// <summary>How long a lost gateway's sessions are said to be out of reach rather than not to exist.</summary>
    private const int LostLatelyMilliseconds = 10_000;

    private readonly FabricIdentity _self;
    private readonly IFabric _fabric;
    private readonly RouteTable _routes;
    private readonly PathClaims _claims;
    private readonly RosterTimes _times;
    private readonly ILogger _logger;
    private readonly Action<GatewayLink, string> _onLost;
    private readonly Action _onChanged;
    private readonly Func<bool> _isAwaited;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Peer> _peers = [];
    private readonly Dictionary<ulong, long> _lost = [];
    private readonly Dictionary<ulong, long> _left = [];
    private readonly OwnRoutes _own = new();
    private readonly AcknowledgementWaits _waits = new();
    private readonly Dictionary<MessagePath, List<string>> _objections = [];
    private readonly PeerWatch _watch;
    private Peer[] _snapshot = [];
    private string _address = string.Empty;
    private volatile bool _isWhole;
    private GatewayLink? _ownLink;
    private long _nextHeartbeat;
    private long _wholeBy;
    private bool _hasLeft;

    public Roster(FabricIdentity self, IFabric fabric, RouteTable routes, PathClaims claims, RosterTimes times, ILogger logger, Action<GatewayLink, string> onLost, Action onChanged, Func<bool> isAwaited)
    {
        (_self, _fabric, _routes, _claims, _times, _logger, _onLost, _onChanged, _isAwaited) = (self, fabric, routes, claims, times, logger, onLost, onChanged, isAwaited);
        _watch = new PeerWatch(times, fabric.HasReadUntil);
    }

    /// <summary>The other gateways.</summary>
    public IReadOnlyList<Peer> Peers => Volatile.Read(ref _snapshot);

    /// <summary>The link to this gateway's own inbox: what the broker gives back of a branch that others handle too. <see langword="null"/> before the first epoch.</summary>
    public GatewayLink? OwnLink => Volatile.Read(ref _ownLink);

    /// <summary>
    /// Whether the routes can be relied on: an epoch runs, and every gateway that was known has told its own in it, or is known to be away or gone. Before that, a request could be taken to a less
    /// specific handler, or be said to have none.
    /// </summary>
    public bool IsWhole => _isWhole && _fabric.IsUp;

    public Peer? Find(ulong instance) => Array.Find(Volatile.Read(ref _snapshot), peer => peer.Instance == instance);

    public Peer? Find(string name) => Array.Find(Volatile.Read(ref _snapshot), peer => peer.Name == name);

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
            _nextHeartbeat = 0;
            _wholeBy = _self.Clock.Now + _times.SettleMilliseconds;
            _fabric.Broadcast(Message(PresenceKind.SnapshotRequest));
            foreach (var peer in _peers.Values)
            {
                peer.IsSynchronised = false;
                Relink(peer, peer.Link.Address);
                // It comes back where the peer has lost its inbox too.
                Probe(peer);
            }

            Settle();
        }
    }

    /// <summary>The epoch is over: nobody can acknowledge anything in it.</summary>
    public void OnDown()
    {
        lock (_gate)
        {
            _isWhole = false;
            _address = string.Empty;
            Settle();
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

    /// <summary>
    /// Announces a branch that sessions of this gateway handle, at once, and waits until every gateway routes by it: when the connection is lost, every one that the
    /// next epoch finds.
    /// </summary>
    /// <exception cref="OverloadedException">All of the gateway's branches must fit into one message, and with this one they do not (D16).</exception>
    public Task AnnounceHandlersAsync(BranchAnnouncement branch, CancellationToken cancellationToken) =>
        ChangeAsync(() => Add(branch), cancellationToken, outlastsEpoch: true);

    /// <summary>Announces that fewer handle a branch, for which nobody need wait.</summary>
    public void AnnounceFewer(BranchAnnouncement branch)
    {
        lock (_gate)
            Change(() => Add(branch));
    }

    /// <summary>Announces a branch, and waits until every gateway routes by it, or the connection is lost.</summary>
    /// <exception cref="OverloadedException">All of the gateway's branches must fit into one message, and with this one they do not (D16).</exception>
    public Task AnnounceAsync(BranchAnnouncement branch, CancellationToken cancellationToken) =>
        ChangeAsync(() => Add(branch), cancellationToken);

    /// <summary>Announces the claim of a path for a service, and waits until every gateway has said whether it objects.</summary>
    /// <returns>The names of those that do.</returns>
    public async Task<IReadOnlyList<string>> ClaimAsync(MessagePath path, ServiceRoute service, CancellationToken cancellationToken)
    {
        List<string> objections = [];
        lock (_gate)
            _objections.Add(path, objections);
        try
        {
            await AnnounceAsync(new BranchAnnouncement(path, [], Redelivery: false, ServiceAnnouncement.Claim(service)), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
                _objections.Remove(path);
        }

        return objections;
    }

    /// <summary>Withdraws a branch of this gateway and waits until no gateway routes by it, or the connection is lost.</summary>
    public Task WithdrawAsync(MessagePath branch, CancellationToken cancellationToken) =>
        ChangeAsync(() => _own.Withdraw(branch), cancellationToken);

    /// <summary>Withdraws a branch for which nobody was told to wait.</summary>
    public void Withdraw(MessagePath branch)
    {
        lock (_gate)
            Change(() => _own.Withdraw(branch));
    }

    /// <summary>Announces the headers by which filter requests reach this gateway, and waits until every gateway knows.</summary>
    public Task AnnounceAsync(IReadOnlyList<string> headers, CancellationToken cancellationToken) =>
        ChangeAsync(() => _own.SetHeaders(headers), cancellationToken);

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

            // An acknowledgement tells a version of this gateway's routes, all others that of their sender's.
            if (message.Kind != PresenceKind.Acknowledgement && message.Version == peer.Version)
                peer.IsSynchronised = true;
            switch (message.Kind)
            {
                case PresenceKind.Heartbeat:
                    peer.SilenceLimit = 3 * Math.Max(message.HeartbeatMilliseconds, 1);
                    AskIfBehind(peer, message.Version);
                    break;
                case PresenceKind.SnapshotRequest:
                    // The snapshot has it already.
                    if (_own.HasUnsaid)
                        Say();
                    peer.Link.Send(Message(PresenceKind.Snapshot) with { Added = [.. _own.Branches], Headers = _own.Headers, Known = [.. _peers.Values.Select(known => new KnownGateway(known.Instance, known.Name, known.Link.Address))] });
                    AskIfBehind(peer, message.Version);
                    break;
                // Snapshots and changes come by different channels: one that a change has overtaken would take it back.
                case PresenceKind.Snapshot when message.Version >= peer.Version:
                    peer.IsSynchronised = true;
                    var inAll = peer.Replace(message.Added, message.Version);
                    peer.Reached(message.Headers ?? []);
                    Acknowledge(peer, inAll);
                    AskUnknown(message.Known);
                    break;
                case PresenceKind.Change when message.BaseVersion == peer.Version:
                    var inChange = peer.Change(message.Withdrawn, message.Added, message.Version);
                    peer.Reached(message.Headers);
                    Acknowledge(peer, inChange);
                    break;
                case PresenceKind.Change when message.Version > peer.Version:
                    // A change was missed.
                    peer.Link.Send(Message(PresenceKind.SnapshotRequest));
                    break;
                case PresenceKind.Acknowledgement:
                    foreach (var objection in message.Added)
                        _objections.GetValueOrDefault(objection.Path)?.Add(peer.Name);
                    peer.AcknowledgedVersion = Math.Max(peer.AcknowledgedVersion, message.Version);
                    break;
                case PresenceKind.Probe:
                    peer.Link.Send(Message(PresenceKind.ProbeAnswer));
                    break;
            }

            Settle();
        }
    }

    /// <summary>A link's other end is known to be gone.</summary>
    public void OnGone(GatewayLink link)
    {
        lock (_gate)
        {
            if (_peers.Values.FirstOrDefault(peer => peer.Link == link) is not { } peer)
            {
                Lose(link, Gone);
            }
            else if (_peers.Values.Any(other => other != peer && other.Name == peer.Name))
            {
                // Its process was started again, and is the other one.
                Remove(peer, Gone);
            }
            else
            {
                // Before the link is gone, so that nobody finds neither.
                peer.AwayUntil = _self.Clock.Now + _times.ReturnMilliseconds;
                Log.GatewayAway(_logger, peer.Name, link.Address, _times.ReturnMilliseconds);
                Lose(link, Gone);
                Settle();
            }
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
            // One that does not acknowledge holds up nobody but those who wait for it.
            if (_own.HasUnsaid)
                Say();
            if (now >= _nextHeartbeat)
            {
                var interval = HeartbeatInterval();
                _nextHeartbeat = now + interval;
                _fabric.Broadcast(Message(PresenceKind.Heartbeat) with { HeartbeatMilliseconds = interval });
            }

            if (!_isWhole && now > _wholeBy)
            {
                Log.RosterNotSettled(_logger, "the routes of all gateways", _times.SettleMilliseconds);
                BecomeWhole();
            }

            foreach (var peer in _snapshot.Where(peer => peer.IsAway && !_fabric.IsBlocked && IsOver(peer.AwayUntil, now)))
                Remove(peer, Gone);
            _watch.Tick(_snapshot, now, _fabric.IsBlocked, _waits.Any || _isAwaited(), Probe, (peer, why) => Remove(peer, why));
        }
    }

    // Whether a time is over, and what had come by then has been read: asked one look ahead, so that it is known in time.
    private bool IsOver(long time, long now) =>
        now + RosterTimes.TickMilliseconds > time && _fabric.HasReadUntil(time - RosterTimes.TickMilliseconds) && now > time;

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
                _onChanged();
            }

            return peer;
        }

        foreach (var namesake in _peers.Values.Where(other => other.Name == message.Name).ToArray())
        {
            // Either its process was started again and the old one is gone, or two gateways share a name by mistake.
            if (namesake.IsAway)
                Remove(namesake, Gone);
            else if (namesake.Link.ProbedAt == 0)
                Probe(namesake);
        }

        return Add(message.Instance, message.Name, message.Address);
    }

    private Peer Add(ulong instance, string name, string address)
    {
        var peer = new Peer(instance, name, _fabric.Link(address), _routes, _claims);
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
        peer.AwayUntil = 0;
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

    private void Acknowledge(Peer peer, IReadOnlyList<MessagePath> objections) => peer.Link.Send(Message(PresenceKind.Acknowledgement) with
    {
        Version = peer.Version,
        Added = [.. objections.Select(static path => new BranchAnnouncement(path, [], Redelivery: false))],
    });

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
        Settle();
        _onChanged();
    }

    private void Lose(GatewayLink link, string why)
    {
        link.MarkGone();
        _fabric.Drop(link);
        _onLost(link, why);
    }

    private long Add(BranchAnnouncement branch) => _own.HasRoomFor(branch)
        ? _own.Add(branch)
        : throw new OverloadedException($"The gateway cannot tell the others of '{branch.Path}': the paths and property keys of its handlers have 8 MiB already, as many as may be.");

    private long Change(Func<long> change)
    {
        var version = change();
        if (IsAcknowledged(_own.Said))
            Say();
        return version;
    }

    private async Task ChangeAsync(Func<long> change, CancellationToken cancellationToken, bool outlastsEpoch = false)
    {
        Task acknowledged;
        lock (_gate)
        {
            var version = Change(change);
            bool IsKnown() => IsSaid(version) && (!outlastsEpoch || (_fabric.IsUp && _address.Length > 0));
            acknowledged = _waits.Add(IsKnown, IsKnown());
        }

        await WaitAsync(acknowledged, "all gateways to know the change of routes", cancellationToken, outlastsEpoch).ConfigureAwait(false);
    }

    // What changes while the others have not acknowledged what was said before is said in one message when they have: as with a database's commits in
    // groups, a single change waits for nothing, and thousands at once cost a few messages.
    private void Say() => Broadcast(_own.Say(Message(PresenceKind.Change)));

    private bool IsSaid(long version) => _own.Said >= version && IsAcknowledged(version);

    private void BecomeWhole()
    {
        _isWhole = true;
        _onChanged();
    }

    private void Settle()
    {
        _waits.Check();
        if (!_isWhole && _address.Length > 0 && HaveAllTold())
            BecomeWhole();
        if (!_own.HasUnsaid || !IsAcknowledged(_own.Said))
            return;
        Say();
        _waits.Check();
    }

    // Between two epochs there is no address under which the others would take it; the next one begins by asking, and telling, all.
    private void Broadcast(PresenceMessage message)
    {
        if (_address.Length > 0)
            _fabric.Broadcast(message);
    }

    // Without an epoch nobody can be told; the next one begins with a snapshot for all.
    private bool IsAcknowledged(long version) => !_fabric.IsUp || _peers.Values.All(peer => peer.AcknowledgedVersion >= version || peer.IsAway);

    // A gateway that is gone already is found out when what it is asked comes back.
    private bool IsSynchronised() => _peers.Count > 0 && HaveAllTold();

    private bool HaveAllTold() => _peers.Values.All(static peer => peer.IsSynchronised || peer.IsAway);

    // A gateway that hangs is found out by its probe; a change must not wait for longer than that takes.
    private async Task WaitAsync(Task condition, string what, CancellationToken cancellationToken, bool outlastsEpoch = false)
    {
        while (true)
        {
            try
            {
                await condition.WaitAsync(TimeSpan.FromMilliseconds(_times.SettleMilliseconds), _self.Clock.TimeProvider, cancellationToken)
                    .ConfigureAwait(false);
                return;
            }
            catch (TimeoutException)
            {
                if (outlastsEpoch && !HasHadTimeToSettle())
                    continue;
                Log.RosterNotSettled(_logger, what, _times.SettleMilliseconds);
                return;
            }
        }
    }

    // Whether the epoch is as old as its gateways may take to answer.
    private bool HasHadTimeToSettle()
    {
        lock (_gate)
            return _fabric.IsUp && _address.Length > 0 && _self.Clock.Now >= _wholeBy;
    }

    private PresenceMessage Message(PresenceKind kind) => new()
    {
        Kind = kind,
        Instance = _self.Instance,
        Name = _self.Name,
        Address = _address,
        Version = _own.Said,
    };

    private void TakeSnapshot() => Volatile.Write(ref _snapshot, [.. _peers.Values]);
}
