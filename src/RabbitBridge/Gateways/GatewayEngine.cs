using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using RabbitBridge.Calls;
using RabbitBridge.Diagnostics;
using RabbitBridge.Events;
using RabbitBridge.Fabric;
using RabbitBridge.Filters;
using RabbitBridge.Messages;
using RabbitBridge.Projects;
using RabbitBridge.Routing;
using RabbitBridge.Security;
using RabbitBridge.Services;
using RabbitBridge.Sessions;

namespace RabbitBridge.Gateways;

/// <summary>Puts a gateway's parts together, starts them and stops them.</summary>
internal sealed class GatewayEngine : IGateway
{
    private const int SettleMilliseconds = 5000;

    // Answers of the largest size that may wait for those who sent filter requests. One of them may hold half of what others leave: as many as are asked for before the
    // first has come, if no other does.
    private const int MaxHeldAnswers = 16;

    private readonly FabricIdentity _identity;
    private readonly TimeoutWheel _wheel;
    private readonly RouteTable _routes = new();
    private readonly Roster _roster;
    private readonly Router _router;
    private readonly SessionTable _table = new();
    private readonly SessionBindings _bindings;
    private readonly SessionListeners _listeners;
    private readonly SessionHost _host;
    private readonly FilterCalls _filterCalls;
    private readonly FilterDispatches _dispatches;
    private readonly List<ITimer> _timers = [];
    private int _state;
    private bool _isLeaving;

    public GatewayEngine(GatewayOptions options, IFabric fabric, IAuthorizer authorizer, Telemetry telemetry, ILogger logger)
    {
        (Options, Fabric, Telemetry, Logger) = (options, fabric, telemetry, logger);
        authorizer = GuardedAuthorizer.Of(authorizer, logger);
        var clock = new Clock(options.TimeProvider);
        _identity = new FabricIdentity(options.Name, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))), clock);
        _wheel = new TimeoutWheel(clock, exception => Log.TickFailed(logger, exception));
        Calls = new PendingCalls(options.MaxOutstandingRequests, _wheel, telemetry);
        var register = new RequestRegister(fabric);

        var presenceLimit = (int)options.PresenceLimit.TotalMilliseconds;
        var times = new RosterTimes(
            (int)options.HeartbeatInterval.TotalMilliseconds,
            ProbeMilliseconds: presenceLimit * 2 / 5,
            // A network that is slow to tell needs patience; an inbox that is known to be gone does not.
            ReturnMilliseconds: Math.Min(presenceLimit, SettleMilliseconds),
            SettleMilliseconds);
        var claims = new PathClaims(Instance);
        var locks = new PathLocks();
        _roster = new Roster(
            _identity, fabric, _routes, claims, times, logger, (link, why) => Receiver!.OnLost(link, why), OnRosterChanged, () => _filterCalls!.Count > 0);
        _router = new Router(Instance, fabric, _routes, _roster, _table, Calls, clock, options.Routing);
        Services = new ServiceDirectory(Instance, _routes, claims, locks, fabric, _roster, options, telemetry, logger);

        Handlers = new HandlerDirectory(_routes, claims, locks, fabric, _roster, options);
        _listeners = new SessionListeners(_table, _roster);
        var mirror = new EventMirror(options, fabric, telemetry);
        var events = new SessionEvents(_table, _listeners, mirror);
        var index = new SessionIndex(_table);
        _bindings = new SessionBindings(new BindingPlan(Instance, options.HeaderBindings), index, fabric, _roster, clock, logger);
        Directory = new SessionDirectory(_table, index, _bindings, events);
        _dispatches = new FilterDispatches(Instance, Directory, _wheel, clock, MaxHeldAnswers * (long)options.MaxMessageBytes, telemetry, logger);
        _filterCalls = new FilterCalls(Instance, Calls, _dispatches, register, fabric, _roster, _wheel, clock, telemetry);

        Sender = new RequestSender(options, Calls, _filterCalls, _router, clock, telemetry);
        Projects = new ProjectHost(options, logger, telemetry);
        Distributor = new ProjectDistributor(Projects, Directory, mirror, telemetry);
        ProjectSender = new ProjectSender(Sender, Distributor, _roster, fabric, options.Name, logger);
        var projects = new ProjectReceiver(new SessionWork(Peer.ItselfOf(Instance), options.MaxMessageBytes, clock), Distributor, logger, telemetry);

        _host = new SessionHost(_identity, options, authorizer, Directory, Handlers, _listeners, Sender, ProjectSender, Projects, _router, register, logger);
        Observe();
        Receiver = new GatewayReceiver(_identity, options, _roster, _router, Calls, _wheel, register, _filterCalls, _dispatches, events, _listeners, projects, telemetry, logger);
    }

    /// <summary>The port to the fabric, for tests that cut it.</summary>
    public IFabric Fabric { get; }

    /// <summary>Takes what the fabric reports, for tests that report it themselves.</summary>
    public GatewayReceiver Receiver { get; }

    public GatewayOptions Options { get; }

    public Telemetry Telemetry { get; }

    public ILogger Logger { get; }

    /// <summary>The open sessions.</summary>
    public SessionDirectory Directory { get; }

    /// <summary>The calls that wait, for tests that look at them.</summary>
    public PendingCalls Calls { get; }

    /// <summary>Registers handlers.</summary>
    public HandlerDirectory Handlers { get; }

    /// <summary>Sends the requests of sessions.</summary>
    public RequestSender Sender { get; }

    /// <summary>Sends the project messages of sessions.</summary>
    public ProjectSender ProjectSender { get; }

    /// <summary>Delivers project messages at this gateway.</summary>
    public ProjectDistributor Distributor { get; }

    public ServiceDirectory Services { get; }

    IGatewayServices IGateway.Services => Services;

    public ProjectHost Projects { get; }

    IGatewayProjects IGateway.Projects => Projects;

    /// <summary>The bindings for filter requests, for tests that count them.</summary>
    public IReadOnlyList<SessionBinding> HeaderBindings => _bindings.Bound;

    /// <summary>Whether the gateway is being stopped, or was.</summary>
    public bool IsStopping => Volatile.Read(ref _state) == 2;

    /// <summary>Whether clients are sent away, because the gateway is to be stopped.</summary>
    public bool IsLeaving => Volatile.Read(ref _isLeaving);

    public ulong Instance => _identity.Instance;

    public string Name => Options.Name;

    public bool IsConnected => Fabric.IsUp;

    public int SessionCount => _table.Count;

    public int PendingRequests => Calls.Count + _filterCalls.Count;

    public IReadOnlyList<GatewayInfo> Gateways =>
        [.. _roster.Peers.Select(peer => new GatewayInfo(peer.Name, peer.Instance, peer.BranchCount))];

    public IReadOnlyList<RouteInfo> Routes =>
    [
        .. _routes.All()
            .OrderBy(branch => branch.Path.Value, StringComparer.Ordinal)
            .Select(RouteTo),
    ];

    public ISession OpenSession(SessionOptions? options = null)
    {
        if (Volatile.Read(ref _state) != 1)
            throw new InvalidOperationException($"Gateway {Name} is not running; start it before sessions are opened.");
        return _host.Open(options ?? new SessionOptions());
    }

    public async Task<ISession> OpenSessionAsync(SessionOptions? options = null, CancellationToken cancellationToken = default)
    {
        var session = OpenSession(options);
        try
        {
            await Directory.SettledAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            // Whoever has given up has nothing to close it with.
            await session.CloseAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Another gateway, for tests that look at what is known of it.</summary>
    public Peer? FindPeer(string name) => _roster.Find(name);

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.CompareExchange(ref _state, 1, 0) != 0)
            throw new InvalidOperationException($"Gateway {Name} was started before; a gateway is started once.");
        ThreadPoolWatch.Start();
        try
        {
            await Fabric.StartAsync(_identity, Receiver, cancellationToken)
                .WaitAsync(Options.StartTimeout, Options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await StopAsync().ConfigureAwait(false);
            if (exception is TimeoutException)
                throw new CommunicationFailureException($"Gateway {Name} could not connect within {Options.StartTimeout} (StartTimeout).{(Fabric.LastFailure is { } failure ? $" {failure}" : "")}", exception);
            throw;
        }

        StartTimer(RosterTimes.TickMilliseconds, Tick);
        await _roster.SynchroniseAsync(cancellationToken).ConfigureAwait(false);
        Services.Start();
    }

    /// <summary>The gateway is to be stopped, and nobody else should come.</summary>
    public void Leave() => Volatile.Write(ref _isLeaving, true);

    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _state, 2) == 2)
            return;
        _host.Stopping();
        if (Options.DrainTimeout > TimeSpan.Zero)
        {
            await Task.WhenAll(new Drain(() => _table.All, Options.TimeProvider, () => _router.HasRelays).RunAsync(Options.DrainTimeout), Projects.DrainAsync(Options.DrainTimeout))
                .ConfigureAwait(false);
        }

        await _host.CloseAllAsync().ConfigureAwait(false);
        await Services.DisposeAsync().ConfigureAwait(false);
        if (Fabric.IsUp)
        {
            // Answers go by other channels: one that the goodbye overtook would come from a gateway that is lost.
            await Fabric.DrainAsync().ConfigureAwait(false);
            _roster.SayGoodbye();
        }

        await _bindings.DisposeAsync().ConfigureAwait(false);
        await Projects.DisposeAsync().ConfigureAwait(false);
        // Nor must the goodbye be cut off with the connection.
        await Fabric.DrainAsync().ConfigureAwait(false);
        foreach (var timer in _timers)
            await timer.DisposeAsync().ConfigureAwait(false);
        await _wheel.DisposeAsync().ConfigureAwait(false);
        Receiver.Leaving();
        await Fabric.DisposeAsync().ConfigureAwait(false);
        Calls.FailWhere(static _ => true, ErrorReason.SessionClosed, $"Gateway {Name} was stopped.");
        Telemetry.Dispose();
    }

    public async Task<TimeSpan> PingAsync(CancellationToken cancellationToken = default)
    {
        var start = Options.TimeProvider.GetTimestamp();
        await Fabric.ProbeAsync(cancellationToken).ConfigureAwait(false);
        return Options.TimeProvider.GetElapsedTime(start);
    }

    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private RouteInfo RouteTo(Branch branch) => branch.Services.FirstOrDefault() is { Service: var service } && branch.Local.Length + branch.Remote.Length == 0
        ? new RouteInfo(branch.Path.ToString(), 0, [.. branch.Services.Select(route => route.Peer?.Name).OfType<string>()])
        {
            Service = new ServiceInfo(ServiceRules.Options(branch.Path, service.Route), service.Status.State, service.Status.Consumers),
        }
        : new RouteInfo(branch.Path.ToString(), branch.Local.Length, [.. branch.Remote.Select(route => route.Peer.Name)])
        {
            Problem = branch.Local.Length > 0 ? Fabric.BranchProblem(branch.Path) : null,
        };

    private void Observe()
    {
        Telemetry.Observe("rabbitbridge.sessions", "{session}", "Open sessions of the gateway.", () => SessionCount);
        Telemetry.Observe("rabbitbridge.handlers", "{handler}", "Handlers of the gateway's sessions.", () => _routes.All().Sum(static branch => branch.Local.Length));
        Telemetry.Observe("rabbitbridge.gateways", "{gateway}", "Gateways that the gateway knows, itself included.", () => _roster.Peers.Count + 1);
        Telemetry.Observe("rabbitbridge.requests.pending", "{request}", "Requests of the gateway's sessions that wait for their answers.", () => PendingRequests);
        Telemetry.Observe(
            "rabbitbridge.send.waiting", "By", "Bytes of values that wait for a connection, or for the broker to take them.", () => Fabric.UnsentBytes + _router.WaitingBytes + _filterCalls.WaitingBytes);
        Telemetry.ObserveConnection(() => Fabric.IsUp, () => Fabric.IsBlocked, () => Fabric.Epochs);
    }

    // Called under the roster's lock.
    private void OnRosterChanged() => ThreadPool.UnsafeQueueUserWorkItem(static engine => engine.Guard(engine.Receiver.RouteWaiting), this, preferLocal: false);

    private void Tick()
    {
        _roster.Tick();
        _router.Tick();
        _bindings.Tick();
        _listeners.Tick();
        _dispatches.Tick();
        _filterCalls.Tick();
    }

    private void StartTimer(int milliseconds, Action action)
    {
        var period = TimeSpan.FromMilliseconds(milliseconds);
        _timers.Add(Options.TimeProvider.CreateTimer(_ => Guard(action), null, period, period));
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
#pragma warning disable CA1031 // A timer's callback has no caller; what it throws would end the process.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.TickFailed(Logger, exception);
        }
    }
}
