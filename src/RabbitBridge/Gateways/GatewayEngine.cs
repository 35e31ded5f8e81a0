using System.Collections.ObjectModel;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
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

/// <summary>Puts a gateway's parts together and passes on what the fabric reports.</summary>
internal sealed class GatewayEngine : IGateway, IFabricEvents
{
    private const int SettleMilliseconds = 5000;

    private readonly TimeoutWheel _wheel;
    private readonly RouteTable _routes = new();
    private readonly Roster _roster;
    private readonly SessionBindings _bindings;
    private readonly SessionEvents _events;
    private readonly FilterDispatches _dispatches;

    // Requests of plain callers come one by one, and at most a prefetch of them; a thread that is woken for each costs 9 us of 125.
    private readonly RequestsInHand _plain = new(comesSingly: true);
    private readonly ProjectReceiver _projects;
    private readonly List<ITimer> _timers = [];
    private int _state;
    private long _lastPlain;
    private volatile bool _isLeaving;

    public GatewayEngine(GatewayOptions options, IFabric fabric, IAuthorizer authorizer, Telemetry telemetry, ILogger logger)
    {
        (Options, Fabric, Authorizer, Telemetry, Logger) = (options, fabric, GuardedAuthorizer.Of(authorizer, logger), telemetry, logger);
        Clock = new Clock(options.TimeProvider);
        Instance = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        _wheel = new TimeoutWheel(Clock, logger);
        Calls = new PendingCalls(options.MaxOutstandingRequests, _wheel, telemetry);
        var identity = new FabricIdentity(options.Name, Instance, Clock);
        var presenceLimit = (int)options.PresenceLimit.TotalMilliseconds;
        var times = new RosterTimes(
            (int)options.HeartbeatInterval.TotalMilliseconds,
            ProbeMilliseconds: presenceLimit * 2 / 5,
            // A network that is slow to tell needs patience; an inbox that is known to be gone does not.
            ReturnMilliseconds: Math.Min(presenceLimit, SettleMilliseconds),
            SettleMilliseconds);
        var claims = new PathClaims(Instance);
        _roster = new Roster(identity, fabric, _routes, claims, times, logger, OnLost, OnRosterChanged, () => FilterCalls!.Count > 0);
        Router = new Router(Instance, fabric, _routes, _roster, Sessions, Calls, Clock, options.Routing);
        Handlers = new HandlerDirectory(_routes, claims, fabric, _roster, options);
        Services = new ServiceDirectory(Instance, _routes, claims, Handlers, fabric, _roster, options, telemetry, logger);
        var index = new SessionIndex(Sessions);
        _bindings = new SessionBindings(new BindingPlan(Instance, options.HeaderBindings), index, fabric, _roster, Clock, logger);
        Listeners = new SessionListeners(Sessions, _roster);
        var mirror = new EventMirror(options, fabric, telemetry);
        _events = new SessionEvents(Sessions, Listeners, mirror);
        Directory = new SessionDirectory(Sessions, index, _bindings, _events);
        _dispatches = new FilterDispatches(Instance, Directory, _wheel, Clock, logger);
        Projects = new ProjectHost(options, logger, telemetry);
        Distributor = new ProjectDistributor(Projects, Directory, mirror, telemetry);
        _projects = new ProjectReceiver(NewSession(Peer.ItselfOf(Instance), new SessionOptions()), Distributor, logger, telemetry);
        FilterCalls = new FilterCalls(Instance, Calls, _dispatches, fabric, _roster, _wheel, Clock, telemetry);
    }

    /// <summary>The port to the fabric, for tests that cut it.</summary>
    public IFabric Fabric { get; }

    public GatewayOptions Options { get; }

    public IAuthorizer Authorizer { get; }

    public Telemetry Telemetry { get; }

    public ILogger Logger { get; }

    public Clock Clock { get; }

    public ulong Instance { get; }

    public SessionTable Sessions { get; } = new();

    public SessionDirectory Directory { get; }

    public PendingCalls Calls { get; }

    public Router Router { get; }

    public HandlerDirectory Handlers { get; }

    public FilterCalls FilterCalls { get; }

    public SessionListeners Listeners { get; }

    public ServiceDirectory Services { get; }

    IGatewayServices IGateway.Services => Services;

    public ProjectHost Projects { get; }

    IGatewayProjects IGateway.Projects => Projects;

    /// <summary>Delivers project messages at this gateway.</summary>
    public ProjectDistributor Distributor { get; }

    /// <summary>The bindings for filter requests, for tests that count them.</summary>
    public IReadOnlyList<SessionBinding> HeaderBindings => _bindings.Bound;

    /// <summary>Whether the gateway is being stopped, or was.</summary>
    public bool IsStopping => Volatile.Read(ref _state) == 2;

    public string Name => Options.Name;

    public bool IsConnected => Fabric.IsUp;

    public int SessionCount => Sessions.Count;

    public int PendingRequests => Calls.Count + FilterCalls.Count;

    public int GatewayCount => _roster.Peers.Count + 1;

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
        options ??= new SessionOptions();
        var id = new SessionId(Instance, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));
        var session = NewSession(id, options);
        CheckProject(session, options.Roles);
        return Directory.TryAdd(session) ? session : OpenSession(options);
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

    /// <summary>Another gateway, by its name.</summary>
    public Peer? FindPeer(string name) => _roster.Peers.FirstOrDefault(peer => peer.Name == name);

    /// <summary>Takes a session that is being closed out of the gateway.</summary>
    public void RemoveSession(Session session) => Directory.Remove(session);

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.CompareExchange(ref _state, 1, 0) != 0)
            throw new InvalidOperationException($"Gateway {Name} was started before; a gateway is started once.");
        ThreadPoolWatch.Start();
        try
        {
            await Fabric.StartAsync(new FabricIdentity(Name, Instance, Clock), this, cancellationToken)
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

    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _state, 2) == 2)
            return;
        if (Options.DrainTimeout > TimeSpan.Zero)
        {
            await Task.WhenAll(new Drain(() => Sessions.All, Options.TimeProvider).RunAsync(Options.DrainTimeout), Projects.DrainAsync(Options.DrainTimeout))
                .ConfigureAwait(false);
        }

        await Task.WhenAll(Sessions.All.Select(CloseAsync)).ConfigureAwait(false);
        await Services.DisposeAsync().ConfigureAwait(false);
        if (Fabric.IsUp)
            _roster.SayGoodbye();
        await _bindings.DisposeAsync().ConfigureAwait(false);
        await Projects.DisposeAsync().ConfigureAwait(false);
        // The goodbye and the last answers must not be cut off with the connection.
        await Fabric.DrainAsync().ConfigureAwait(false);
        foreach (var timer in _timers)
            await timer.DisposeAsync().ConfigureAwait(false);
        await _wheel.DisposeAsync().ConfigureAwait(false);
        _isLeaving = true;
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

    /// <summary>Passes on what a closed session had in hand and another one may handle, and tells the senders of the rest that nobody will answer.</summary>
    public void RefuseRequestsOf(Session session)
    {
        var own = Calls.Where(static call => call.Carrier is IncomingRequest).Select(static call => call.Carrier);
        foreach (var request in InHand().SelectMany(static way => way.All()).Concat<object?>(own).OfType<IncomingRequest>().Where(request => request.Receiver.Session == session))
        {
            if (!Router.IsHandled(request.MessagePath) || !request.TryTakeBack(out var arrival, out var deadline))
                request.SessionClosed();
            else if (arrival.ReplyTo is PendingCall call)
                Router.Route(call, arrival.Request with { RemainingMilliseconds = call.Remaining(Clock.Now) });
            // Of a gateway that is being stopped the broker has what is not acknowledged, and gives it to another one.
            else if (!IsStopping)
                Router.Deliver(arrival with { Request = arrival.Request with { RemainingMilliseconds = deadline == 0 ? 0 : (int)Clock.Until(deadline) } }, deadline);
        }

        _dispatches.SessionClosed(session);
    }

    public void OnUp(string address)
    {
        Log.FabricUp(Logger, Name, address);
        _roster.OnUp(address);
        RouteWaiting();
    }

    public void OnDown(string reason)
    {
        var message = $"The connection to the broker was lost while the request was under way; whether it was executed is not known. {reason}";
        // Answers cannot get out any more, and what is to be redelivered is on its way to others.
        foreach (var link in Fabric.Links)
            link.Incoming.End();
        _plain.CancelAll();
        var failed = Calls.FailWhere(static call => call.Carrier is GatewayLink or PublishedRequest, ErrorReason.CommunicationFailure, message);
        FilterCalls.ConnectionLost(message);
        foreach (var link in Links())
            LoseFilters(link, reason);
        _roster.OnDown();
        // Nothing is lost that an orderly stop has not waited for.
        if (_isLeaving && failed == 0)
            Log.FabricLeft(Logger, Name);
        else
            Log.FabricDown(Logger, Name, reason, failed);
    }

    public void OnRequest(GatewayLink from, in RequestEnvelope request)
    {
        var deadline = Clock.DeadlineIn(request.RemainingMilliseconds);
        if (request.Target == _projects.Session.Id)
        {
            _projects.Accept(new RequestArrival(request, from, from.Incoming, Wheel: null)).Start(preferLocal: false, deadline);
            return;
        }

        if (request.Filter is null)
        {
            Router.Deliver(new RequestArrival(request, from, from.Incoming, Wheel: null), deadline);
            return;
        }

        Telemetry.FilterRequestReceived();
        _dispatches.Start(from, request);
    }

    public void OnQueuedRequest(GatewayLink from, IReplySink replyTo, in RequestEnvelope request) => Router.Deliver(
        new RequestArrival(request, replyTo, from.Incoming, _wheel) { AllProperties = request.Properties }, Clock.DeadlineIn(request.RemainingMilliseconds));

    public void OnPublicRequest(IReplySink replyTo, in RequestEnvelope request)
    {
        var remaining = request.RemainingMilliseconds > 0 ? request.RemainingMilliseconds : RequestTimeout.Milliseconds(Options.RequestTimeout);
        // In the envelope too: the request may be passed on to another gateway.
        var numbered = request with { Id = Interlocked.Increment(ref _lastPlain), RemainingMilliseconds = remaining };
        // Plain callers are no sessions, and have no properties; a gateway that knew of no handler has sent none.
        var properties = request.Sender == default ? ReadOnlyDictionary<string, string>.Empty : null;
        Router.Deliver(new RequestArrival(numbered, replyTo, _plain, _wheel) { AllProperties = properties }, Clock.DeadlineIn(remaining));
    }

    public void OnProjectMessage(IReplySink replyTo, GatewayMessage message, ReadOnlyMemory<byte> payload, int milliseconds)
    {
        var remaining = milliseconds > 0 ? milliseconds : RequestTimeout.Milliseconds(Options.RequestTimeout);
        var request = new RequestEnvelope
        {
            Id = Interlocked.Increment(ref _lastPlain),
            Path = GatewayMessage.Path,
            Target = _projects.Session.Id,
            RemainingMilliseconds = remaining,
            ContentType = GatewayMessage.ContentType,
            Payload = message.Write(payload.Span),
        };
        _projects.AcceptPlain(new RequestArrival(request, replyTo, _plain, _wheel)).Start(preferLocal: false, Clock.DeadlineIn(remaining));
    }

    public void OnPublicFilterRequest(IFilterSink replyTo, in RequestEnvelope request) => _dispatches.Start(
        replyTo, request.RemainingMilliseconds > 0 ? request : request with { RemainingMilliseconds = RequestTimeout.Milliseconds(Options.RequestTimeout) });

    public bool OnResponse(GatewayLink from, in ResponseEnvelope response)
    {
        if (response.Session is not null && FilterCalls.Find(response.Id) is { } filter)
            return filter.Reply(from, response);
        // Whoever takes a request from a branch's queue answers as a gateway, too.
        return response.Session is not null || Calls.Find(response.Id) is not { } call
            ? Late()
            : Complete(call, response, isFromCarrier: call.Carrier == from || call.Carrier is PublishedRequest);
    }

    public bool OnPublicResponse(in ResponseEnvelope response) => response.Session is not null || Calls.Find(response.Id) is not { } call
        ? Late()
        : Complete(call, response, isFromCarrier: call.Carrier is PublishedRequest);

    public bool OnCount(GatewayLink from, FilterCount count) => FilterCalls.Find(count.Id)?.Count(from, count) ?? true;

    public void OnCredit(GatewayLink from, long id, int answers) => _dispatches.Credit(from, id, answers);

    public void OnListen(GatewayLink from, bool isOn) => _events.Listen(from, isOn);

    public void OnSessionEvent(GatewayLink from, SessionEvent what) => Listeners.OnOther(from, what);

    public void OnCancel(GatewayLink from, long id)
    {
        from.Incoming.Cancel(id);
        _dispatches.Cancel(from, id);
    }

    public void OnInquiry(GatewayLink from, long id)
    {
        if (from.Incoming.Contains(id))
            return;
        from.Reply(ResponseEnvelope.Failed(
            id, ErrorReason.CommunicationFailure, "The request or its answer was lost in a full inbox; whether it was executed is not known."));
    }

    public void OnPresence(PresenceMessage message) => _roster.OnPresence(message);

    public void OnUndelivered(GatewayLink? to, in RequestEnvelope request, DeliveryFailure failure)
    {
        // A filter request is asked for again until every gateway has told its part, or is lost.
        if (request.Filter is not null || Calls.Find(request.Id) is not { } call)
            return;
        if (failure == DeliveryFailure.ConnectionLost)
            call.Fail(ErrorReason.CommunicationFailure, "The connection to the broker was lost while the request was under way; whether it was executed is not known.");
        else if (failure == DeliveryFailure.Refused)
            call.Fail(ErrorReason.ClusterRouting, $"The queue for '{request.Path}' did not take the request: it is full, or its broker node is down.");
        else if (to is null)
            call.Fail(ErrorReason.UnhandledMessage, $"Nobody handles '{request.Path}'.");
        else
            // Nobody has seen the request: it may go where its path leads now that this gateway is known to be gone.
            Router.Route(call, request with { Depth = 0, RemainingMilliseconds = call.Remaining(Clock.Now) });
    }

    public void OnUnsendable(in RequestEnvelope request, string problem) =>
        Calls.Find(request.Id)?.Fail(ErrorReason.InvalidData, $"The request to '{request.Path}' cannot be sent: {problem}");

    public void OnGone(GatewayLink link) => _roster.OnGone(link);

    private RouteInfo RouteTo(Branch branch) => branch.Services.FirstOrDefault() is { Service: var service } && branch.Local.Length + branch.Remote.Length == 0
        ? new RouteInfo(branch.Path.ToString(), 0, [.. branch.Services.Select(route => route.Peer?.Name).OfType<string>()])
        {
            Service = new ServiceInfo(ServiceRules.Options(branch.Path, service.Route), service.Status.State, service.Status.Consumers),
        }
        : new RouteInfo(branch.Path.ToString(), branch.Local.Length, [.. branch.Remote.Select(route => route.Peer.Name)])
        {
            Problem = branch.Local.Length > 0 ? Fabric.BranchProblem(branch.Path) : null,
        };

    private void CheckProject(Session session, IReadOnlyCollection<string> roles)
    {
        if (session.Properties.GetValueOrDefault(SessionProperty.Project) is not { } project || Authorizer.MayBelong(project, roles))
            return;
        Log.ProjectDenied(Logger, FilterText.Show(session.Principal), FilterText.Show(project));
        throw new AccessDeniedException($"The project '{FilterText.Show(project)}' is not for the session's roles.");
    }

    private Session NewSession(SessionId id, SessionOptions options) =>
        new(this, id, options.Principal, SessionProperties.Create(id, Name, Options.TimeProvider.GetUtcNow(), options));

    private async Task CloseAsync(Session session)
    {
        try
        {
            await session.CloseAsync(SessionCloseReason.ClosedByController).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // One session must not keep the gateway from closing the others and from disconnecting.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.CloseFailed(Logger, exception, session.Id);
        }
    }

    private void OnLost(GatewayLink link, string why)
    {
        Calls.FailWhere(
            call => call.Carrier == link,
            ErrorReason.CommunicationFailure,
            $"The gateway that had the request is lost ({why}); whether it was executed is not known.");
        link.Incoming.End();
        LoseFilters(link, why);
    }

    /// <summary>The ways by which requests come here for somebody else.</summary>
    private IEnumerable<RequestsInHand> InHand() => Fabric.Links.Select(static link => link.Incoming).Append(_plain);

    private IEnumerable<GatewayLink> Links() => _roster.Peers.Select(static peer => peer.Link).Append(_roster.OwnLink).OfType<GatewayLink>();

    private bool Late()
    {
        Telemetry.LateResponse();
        return true;
    }

    // A call that has ended has no carrier any more, and counts the answer itself.
    private static bool Complete(PendingCall call, in ResponseEnvelope response, bool isFromCarrier)
    {
        if (!isFromCarrier && !call.IsEnded)
            return false;
        call.Reply(response);
        return true;
    }

    // Called under the roster's lock.
    private void OnRosterChanged() => ThreadPool.UnsafeQueueUserWorkItem(static engine => engine.Guard(engine.RouteWaiting), this, preferLocal: false);

    private void RouteWaiting()
    {
        Router.RouteWaiting();
        FilterCalls.RouteWaiting();
    }

    private void LoseFilters(GatewayLink link, string why)
    {
        FilterCalls.Lost(link, why);
        _events.Listen(link, isOn: false);
        _dispatches.CancelAll(link);
    }

    private void Tick()
    {
        _roster.Tick();
        Router.Tick();
        _bindings.Tick();
        Listeners.Tick();
        _dispatches.Tick();
        FilterCalls.Tick();
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
