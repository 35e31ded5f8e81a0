using RabbitBridge.Fabric;
using RabbitBridge.Routing;

namespace RabbitBridge.Sessions;

/// <summary>
/// The session listeners of this gateway, and what they need: while there is one, every other gateway is asked to tell of its sessions, and
/// what it has told is remembered, so that a gateway that is lost or connects anew leaves no session open for ever.
/// </summary>
internal sealed class SessionListeners(SessionTable own, Roster roster)
{
    private readonly Lock _gate = new();
    private readonly List<ListenerRegistration> _registrations = [];
    private readonly Dictionary<ulong, ListenedGateway> _gateways = [];
    private volatile bool _any;

    public bool Any => _any;

    /// <summary>Adds a listener, which is told of every open session first.</summary>
    /// <returns>Completes when every gateway that is known has told its sessions.</returns>
    public Task AddAsync(ListenerRegistration registration)
    {
        lock (_gate)
        {
            _registrations.Add(registration);
            _any = true;
            foreach (var session in own.All)
                registration.On(Opened(session.Id, session.Properties), null);
            foreach (var (id, properties) in _gateways.Values.SelectMany(gateway => gateway.Sessions))
                registration.On(Opened(id, properties), null);
            AskAll();
            return Task.WhenAll(_gateways.Values.Select(gateway => gateway.Replayed));
        }
    }

    public void Remove(ListenerRegistration registration)
    {
        lock (_gate)
        {
            if (!_registrations.Remove(registration) || _registrations.Count > 0)
                return;
            _any = false;
            foreach (var gateway in _gateways.Values)
            {
                gateway.Link.Listen(false);
                gateway.End();
            }

            _gateways.Clear();
        }
    }

    /// <summary>Asks gateways that have joined or connected anew, and gives up those that are lost. Called at intervals.</summary>
    public void Tick()
    {
        if (!_any)
            return;
        lock (_gate)
        {
            foreach (var (instance, gateway) in _gateways.ToArray())
            {
                if (roster.Find(instance) is not null)
                    continue;
                foreach (var id in gateway.Sessions.Keys.ToArray())
                    Close(gateway, id, SessionCloseReason.ConnectionLost);
                gateway.End();
                _gateways.Remove(instance);
            }

            AskAll();
        }
    }

    /// <summary>Something has happened to a session of this gateway.</summary>
    public void OnOwn(SessionEvent what)
    {
        lock (_gate)
            Pass(what, Before(what.Properties, what.Previous));
    }

    /// <summary>Something has happened to a session of another gateway.</summary>
    public void OnOther(GatewayLink from, SessionEvent what)
    {
        lock (_gate)
        {
            // What a link brings after its gateway has connected anew was told again over the new one.
            if (_gateways.Values.FirstOrDefault(each => each.Link == from) is not { } gateway)
                return;
            switch (what.Kind)
            {
                case SessionEventKind.Replaying:
                    gateway.BeginReplay();
                    break;
                case SessionEventKind.Replayed:
                    foreach (var id in gateway.EndReplay())
                        Close(gateway, id, SessionCloseReason.ConnectionLost);
                    break;
                case SessionEventKind.Closed when gateway.Sessions.ContainsKey(what.Session):
                    Close(gateway, what.Session, what.CloseReason);
                    break;
                case SessionEventKind.Opened or SessionEventKind.Changed:
                    Update(gateway, what);
                    break;
            }
        }
    }

    private static SessionEvent Opened(SessionId id, IReadOnlyDictionary<string, string> properties) =>
        new() { Kind = SessionEventKind.Opened, Session = id, Properties = properties };

    private void AskAll()
    {
        foreach (var peer in roster.Peers)
        {
            if (!_gateways.TryGetValue(peer.Instance, out var gateway))
                _gateways.Add(peer.Instance, gateway = new ListenedGateway());
            if (gateway.Begin(peer.Link))
                peer.Link.Listen(true);
        }
    }

    private void Update(ListenedGateway gateway, SessionEvent what)
    {
        gateway.Seen(what.Session);
        if (!gateway.Sessions.TryGetValue(what.Session, out var before))
        {
            gateway.Sessions.Add(what.Session, what.Properties);
            Pass(what with { Kind = SessionEventKind.Opened }, null);
            return;
        }

        gateway.Sessions[what.Session] = what.Properties;
        // Told again, it may have changed while nobody told.
        var previous = Difference(before, what.Properties);
        if (previous.Count > 0)
            Pass(what with { Kind = SessionEventKind.Changed, Previous = previous }, before);
    }

    private void Close(ListenedGateway gateway, SessionId id, SessionCloseReason reason)
    {
        if (gateway.Sessions.Remove(id, out var properties))
            Pass(new SessionEvent { Kind = SessionEventKind.Closed, Session = id, Properties = properties, CloseReason = reason }, null);
    }

    private void Pass(SessionEvent what, IReadOnlyDictionary<string, string>? before)
    {
        foreach (var registration in _registrations)
            registration.On(what, before);
    }

    private static Dictionary<string, string?> Difference(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        before.Keys.Union(after.Keys, StringComparer.Ordinal)
            .Where(key => before.GetValueOrDefault(key) != after.GetValueOrDefault(key))
            .ToDictionary(key => key, before.GetValueOrDefault, StringComparer.Ordinal);

    private static Dictionary<string, string>? Before(IReadOnlyDictionary<string, string> properties, IReadOnlyDictionary<string, string?> previous)
    {
        if (previous.Count == 0)
            return null;
        var before = properties.ToDictionary(StringComparer.Ordinal);
        foreach (var (key, value) in previous)
        {
            if (value is null)
                before.Remove(key);
            else
                before[key] = value;
        }

        return before;
    }
}
