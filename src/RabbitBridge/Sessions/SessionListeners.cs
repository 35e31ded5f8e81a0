using RabbitBridge.Fabric;
using RabbitBridge.Routing;

namespace RabbitBridge.Sessions;

/// <summary>
/// The session listeners of this gateway, and what they need: while there is one, every other gateway is asked to tell of its sessions, and
/// what each has told is remembered, so that a gateway that is lost or connects anew leaves no session open for ever.
/// </summary>
internal sealed class SessionListeners(SessionTable sessions, Roster roster)
{
    private readonly Lock _gate = new();
    private readonly List<ListenerRegistration> _registrations = [];
    private readonly Dictionary<ulong, ListenedGateway> _others = [];
    private ListenedGateway _own = new();
    private volatile bool _any;

    public bool Any => _any;

    /// <summary>Adds a listener, which is told of every open session first.</summary>
    /// <returns>Completes when every gateway that is known has told its sessions.</returns>
    public Task AddAsync(ListenerRegistration registration)
    {
        lock (_gate)
        {
            if (!_any)
            {
                _any = true;
                // A session that is opened or closed meanwhile is either in the table as it will be told, or told after this.
                Interlocked.MemoryBarrier();
                foreach (var session in sessions.All)
                    _own.Open(session.Id, session.Properties);
            }

            _registrations.Add(registration);
            foreach (var opened in _others.Values.Prepend(_own).SelectMany(gateway => gateway.Opened))
                registration.On(opened);
            AskAll();
            return Task.WhenAll(_others.Values.Select(gateway => gateway.Replayed));
        }
    }

    public void Remove(ListenerRegistration registration)
    {
        lock (_gate)
        {
            if (!_registrations.Remove(registration) || _registrations.Count > 0)
                return;
            _any = false;
            _own = new ListenedGateway();
            foreach (var gateway in _others.Values)
            {
                gateway.Link?.Send(new ListenMessage(IsOn: false));
                gateway.End();
            }

            _others.Clear();
        }
    }

    /// <summary>Asks gateways that have joined or connected anew, and gives up those that are lost. Called at intervals.</summary>
    public void Tick()
    {
        if (!_any)
            return;
        lock (_gate)
        {
            foreach (var (instance, gateway) in _others.Where(other => roster.Find(other.Key) is null).ToArray())
            {
                Pass(gateway.End());
                _others.Remove(instance);
            }

            if (_any)
                AskAll();
        }
    }

    /// <summary>A session of this gateway is told.</summary>
    public void OnOwn(SessionEvent what)
    {
        lock (_gate)
        {
            if (_any)
                Pass(_own.Take(what));
        }
    }

    /// <summary>A session of another gateway is told.</summary>
    public void OnOther(GatewayLink from, SessionEvent what)
    {
        lock (_gate)
        {
            // What a link brings after its gateway has connected anew was told again over the new one.
            if (_others.Values.FirstOrDefault(other => other.Link == from) is { } gateway)
                Pass(gateway.Take(what));
        }
    }

    private void AskAll()
    {
        foreach (var peer in roster.Peers)
        {
            if (!_others.TryGetValue(peer.Instance, out var gateway))
                _others.Add(peer.Instance, gateway = new ListenedGateway());
            if (gateway.Begin(peer.Link))
                peer.Link.Send(new ListenMessage(IsOn: true));
        }
    }

    private void Pass(IEnumerable<SessionTransition> transitions)
    {
        foreach (var transition in transitions)
        {
            foreach (var registration in _registrations)
                registration.On(transition);
        }
    }
}
