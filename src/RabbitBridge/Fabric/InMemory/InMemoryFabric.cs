using System.Collections.Concurrent;
using System.Threading.Channels;

namespace RabbitBridge.Fabric.InMemory;

/// <summary>A gateway's connection to an <see cref="InMemoryBroker"/>. Everything that arrives is handled by one loop, in order.</summary>
internal sealed class InMemoryFabric(InMemoryBroker broker) : IFabric
{
    private readonly ConcurrentDictionary<string, InMemoryLink> _links = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<MessagePath, bool> _branches = new();
    private readonly ConcurrentDictionary<SessionBinding, bool> _sessions = new();
    private readonly Channel<Action<IFabricEvents>> _inbox =
        Channel.CreateUnbounded<Action<IFabricEvents>>(new UnboundedChannelOptions { SingleReader = true });

    private FabricIdentity? _identity;
    private IFabricEvents? _events;
    private Task _loop = Task.CompletedTask;
    private int _epoch;
    private volatile bool _isUp;

    public bool IsUp => _isUp;

    public bool FoundOthers { get; private set; }

    public string Address { get; private set; } = string.Empty;

    public Clock Clock => _identity!.Clock;

    public Task StartAsync(FabricIdentity identity, IFabricEvents events, CancellationToken cancellationToken)
    {
        (_identity, _events) = (identity, events);
        _loop = Task.Run(ReceiveAsync, CancellationToken.None);
        Connect();
        return Task.CompletedTask;
    }

    public Task BindAsync(BranchAnnouncement branch, CancellationToken cancellationToken)
    {
        _branches[branch.Path] = true;
        if (_isUp)
            broker.Bind(this, branch.Path);
        return Task.CompletedTask;
    }

    public Task UnbindAsync(MessagePath branch, CancellationToken cancellationToken)
    {
        _branches.TryRemove(branch, out _);
        broker.Unbind(this, branch);
        return Task.CompletedTask;
    }

    public Task<ServiceStatus> LookAsync(ServiceRoute service, CancellationToken cancellationToken) =>
        throw NoServices();

    public Task<ServiceStatus> BindAsync(MessagePath path, ServiceRoute service, CancellationToken cancellationToken) =>
        throw NoServices();

    public Task UnbindAsync(MessagePath path, ServiceRoute service, CancellationToken cancellationToken) => Task.CompletedTask;

    public HandOver TryPublish(in RequestEnvelope request, ServiceRoute service) =>
        throw NoServices();

    public Task BindAsync(SessionBinding binding, CancellationToken cancellationToken)
    {
        _sessions[binding] = true;
        if (_isUp)
            broker.Bind(this, binding);
        return Task.CompletedTask;
    }

    public Task UnbindAsync(SessionBinding binding, CancellationToken cancellationToken)
    {
        _sessions.TryRemove(binding, out _);
        broker.Unbind(this, binding);
        return Task.CompletedTask;
    }

    public GatewayLink Link(string address) => LinkTo(address);

    public IEnumerable<GatewayLink> Links => _links.Values;

    public void Drop(GatewayLink link) =>
        _links.TryRemove(new KeyValuePair<string, InMemoryLink>(link.Address, (InMemoryLink)link));

    public HandOver TryPublish(in RequestEnvelope request, MessagePath? branch)
    {
        if (!_isUp)
            return HandOver.Down;
        var kept = request.Persist();
        var from = Address;
        if (broker.Route(branch ?? request.Path, out var depth) is { } taker)
            taker.Post(events => events.OnQueuedRequest(taker.LinkTo(from), new InMemoryReply(this), kept with { Depth = depth }));
        else
            Post(events => events.OnUndelivered(null, kept, DeliveryFailure.Unroutable));
        return HandOver.Taken;
    }

    public HandOver TryPublishToSessions(in RequestEnvelope request, IReadOnlyCollection<string> headers)
    {
        if (!_isUp)
            return HandOver.Down;
        var kept = request.Persist();
        var from = Address;
        // A gateway tells its own sessions itself; what comes back to it over the fabric is passed over, as it is over RabbitMQ.
        foreach (var taker in broker.Route(headers).Where(taker => taker != this))
            taker.Post(events => events.OnRequest(taker.LinkTo(from), kept));
        return HandOver.Taken;
    }

    public void Mirror(IReadOnlyList<string> key, ReadOnlyMemory<byte> json)
    {
        // There is no broker, and so nobody else who could listen.
    }

    public void Broadcast(PresenceMessage message)
    {
        if (!_isUp)
            return;
        foreach (var fabric in broker.All().Where(fabric => fabric != this))
            fabric.Post(events => events.OnMessage(fabric.LinkTo(message.Address), message));
    }

    public Task DrainAsync() => Task.CompletedTask;

    public Task ProbeAsync(CancellationToken cancellationToken)
    {
        if (!_isUp)
            return Task.FromException(new CommunicationFailureException("The gateway is not connected."));
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(_ => arrived.TrySetResult());
        return arrived.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Queues something that has arrived for this gateway.</summary>
    public void Post(Action<IFabricEvents> arrival) => _inbox.Writer.TryWrite(arrival);

    /// <summary>Sends to an inbox.</summary>
    /// <returns>Whether the inbox exists.</returns>
    public bool TrySend(string address, Action<InMemoryFabric, IFabricEvents> arrival)
    {
        if (broker.Find(address) is not { } receiver)
            return false;
        receiver.Post(events => arrival(receiver, events));
        return true;
    }

    public InMemoryLink LinkTo(string address) => _links.GetOrAdd(address, static (address, self) => new InMemoryLink(self, address), this);

    /// <summary>Ends the epoch as a lost connection does.</summary>
    public void Disconnect()
    {
        _isUp = false;
        broker.Close(this);
        foreach (var link in _links.Values)
            link.MarkGone();
        _events!.OnDown("The in-memory connection was cut.");
        _links.Clear();
    }

    /// <summary>Begins an epoch.</summary>
    public void Connect()
    {
        Address = $"memory.{_identity!.Name}.{_identity.Instance:x16}.{++_epoch}";
        FoundOthers = broker.All().Any();
        broker.Open(this);
        foreach (var branch in _branches.Keys)
            broker.Bind(this, branch);
        foreach (var binding in _sessions.Keys)
            broker.Bind(this, binding);
        _isUp = true;
        _events!.OnUp(Address);
    }

    public async ValueTask DisposeAsync()
    {
        _isUp = false;
        broker.Close(this);
        _inbox.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
    }

    private async Task ReceiveAsync()
    {
        await foreach (var arrival in _inbox.Reader.ReadAllAsync().ConfigureAwait(false))
            arrival(_events!);
    }

    private static UnsupportedOperationException NoServices() => new("This gateway has no broker, and so no services.");
}
