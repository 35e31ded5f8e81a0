using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Consuming;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.RabbitMq.Frames;
using RabbitBridge.RabbitMq.PublicPlane;
using RabbitBridge.RabbitMq.Publishing;
using RabbitBridge.RabbitMq.Services;
using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Telemetry = RabbitBridge.Diagnostics.Telemetry;

namespace RabbitBridge.RabbitMq.Connections;

/// <summary>
/// One life of the gateway's connections: one to publish, one to consume, one for the topology, so that a publisher that the
/// broker blocks still receives, and a declaration that fails harms no other traffic. If anything of it fails, all of it is
/// replaced by the next epoch, under a new inbox name: re-declaring an exclusive queue races with its old self.
/// </summary>
internal sealed class Epoch : IAsyncDisposable
{
    // Senders beyond any honest roster: someone makes up reply addresses.
    private const int MaxLinks = 10_000;

    // Mirrored events that wait for the broker.
    private const int MaxEvents = 10_000;

    private readonly EpochContext _context;
    private readonly ConcurrentDictionary<string, RabbitMqLink> _links = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(string Role, IConnection Connection)> _connections = [];
    private long _selfProbedAt;
    private int _events;
    private TaskCompletionSource? _probe;
    private ShutdownEventArgs? _shutdown;
    private int _isBlocked;
    private long _unblockedAt;

    public Epoch(EpochContext context, int number)
    {
        _context = context;
        Budget = new SendBudget(context.Options.MaxUnsentBytes);
        Address = context.Names.Inbox(context.Identity.Name, context.Identity.Instance, number);
    }

    /// <summary>The name of the inbox.</summary>
    public string Address { get; }

    /// <summary>Whether another gateway listened for presence when this one came: an inbox was bound for it.</summary>
    public bool FoundOthers { get; private set; }

    public Publisher Publisher { get; private set; } = null!;

    public SendBudget Budget { get; }

    /// <summary>Whether the broker has blocked the publishing connection.</summary>
    public bool IsBlocked => Volatile.Read(ref _isBlocked) != 0;

    public BranchConsumers Branches { get; private set; } = null!;

    public SessionBinder Sessions { get; private set; } = null!;

    public ServiceBinder Services { get; private set; } = null!;

    /// <summary>How the answers of the services are read that this epoch has asked.</summary>
    public ServiceConventions Conventions { get; } = new();

    /// <summary>The plain requests that came in this epoch and are not answered.</summary>
    public UnansweredRequests Unanswered { get; } = new();

    public Names Names => _context.Names;

    public IFabricEvents Events => _context.Events;

    public IAuthorizer Authorizer => _context.Authorizer;

    public InputFaults Faults => _context.Faults;

    public Telemetry Telemetry => _context.Telemetry;

    public Clock Clock => _context.Identity.Clock;

    /// <summary>The gateway's name.</summary>
    public string Name => _context.Identity.Name;

    /// <summary>The gateway's number.</summary>
    public ulong Instance => _context.Identity.Instance;

    public ILogger Logger => _context.Logger;

    public int MaxMessageBytes => _context.MaxMessageBytes;

    /// <summary>Completes with the reason when the epoch is over.</summary>
    public Task<string> Ended => _ended.Task;

    /// <summary>Connects, declares the topology and begins to consume the inbox. Whatever becomes of it, the epoch is to be disposed of.</summary>
    /// <param name="sessions">The inbox's bindings for filter requests.</param>
    /// <param name="stepLimit">How long each step may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task OpenAsync(IEnumerable<SessionBinding> sessions, TimeSpan stepLimit, CancellationToken cancellationToken)
    {
        var opening = new Opening(this, stepLimit, Clock.TimeProvider, cancellationToken);
        var control = await ConnectAsync("control", opening).ConfigureAwait(false);
        var consume = await ConnectAsync("consume", opening).ConfigureAwait(false);
        var publish = await ConnectAsync("publish", opening).ConfigureAwait(false);
        publish.ConnectionBlockedAsync += OnBlockedAsync;
        publish.ConnectionUnblockedAsync += OnUnblockedAsync;

        await opening.StepAsync("Declaring the exchanges", token => Exchanges.DeclareAsync(control, Names, token)).ConfigureAwait(false);

        var publishing = await OpenChannelAsync(publish, "publishing", opening, new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false)).ConfigureAwait(false);
        var lone = await OpenChannelAsync(publish, "lone publishing", opening).ConfigureAwait(false);
        Publisher = new Publisher(publishing, lone, _context.UserName, publish.FrameMax, Clock, Budget, End, OnLoneReturned);

        // To nobody: a user that may not answer plain callers hears of it now, and not when the first of them asks.
        await opening.StepAsync("Publishing", _ => Publisher.PublishAsync(string.Empty, $"{Address}.nobody", ProbeMessage.Type, Address)).ConfigureAwait(false);
        // Before the own inbox is bound, the broker can tell whether any other is.
        FoundOthers = await opening.StepAsync("Asking whether there are other gateways", _ => Publisher.PublishAsync(Names.Presence, string.Empty, ProbeMessage.Type, Address)).ConfigureAwait(false) != PublishOutcome.Returned;

        var inbox = await OpenChannelAsync(consume, "inbox", opening).ConfigureAwait(false);
        await opening.StepAsync("Consuming the own inbox", token => Inbox.OpenAsync(inbox, this, _context.Options.InboxMaxBytes, token)).ConfigureAwait(false);

        Services = new ServiceBinder(this, control);
        Branches = new BranchConsumers(this, control, consume, _context.Options);
        // Only the connection that owns an exclusive queue may bind it.
        Sessions = new SessionBinder(this, await OpenChannelAsync(consume, "binding", opening).ConfigureAwait(false));
        foreach (var session in sessions)
            await opening.StepAsync("Binding the own inbox", token => Sessions.BindAsync(session, token)).ConfigureAwait(false);
    }

    /// <summary>
    /// Whether a broker user may speak as a gateway. Where the authorizer tells no users apart, it is this gateway's own user:
    /// others may have rights to some exchanges only, and frames are believed wherever they come from.
    /// </summary>
    public bool IsGateway(string? user) => Authorizer.IsGateway(null) ? user == _context.UserName : Authorizer.IsGateway(user);

    public void End(string reason) => _ended.TrySetResult(reason);

    /// <summary>Why the epoch has ended, as the broker or the client has put it if they have.</summary>
    public Exception Loss() => Volatile.Read(ref _shutdown) is { } shutdown
        ? new OperationInterruptedException(shutdown)
        : new CommunicationFailureException(Ended.IsCompletedSuccessfully ? Ended.Result : "The epoch has not ended.");

    public IEnumerable<RabbitMqLink> Links => _links.Values;

    public RabbitMqLink Link(string address)
    {
        var link = _links.GetOrAdd(address, static (address, epoch) => new RabbitMqLink(epoch, address, epoch._context.Options.FramesInFlight), this);
        // It may have come after all links were closed, and what it took would never end.
        if (Ended.IsCompleted)
            link.Close();
        return link;
    }

    /// <summary>Finds the link to the sender of a message.</summary>
    /// <exception cref="FrameException">The reply address is not that of a gateway, or of one too many.</exception>
    public RabbitMqLink LinkToSender(string? replyTo)
    {
        if (replyTo is null || !Names.IsInbox(replyTo))
            throw new FrameException(FrameDefect.UnknownSender, $"The reply address '{replyTo}' of a frame is not a gateway's inbox; use the public plane.");
        if (_links.Count >= MaxLinks && !_links.ContainsKey(replyTo))
            throw new FrameException(FrameDefect.UnknownSender, $"This gateway serves {MaxLinks} other gateways, and no more.");

        var link = Link(replyTo);
        link.Heard(Clock.Now);
        return link;
    }

    public void Drop(GatewayLink link)
    {
        var dropped = (RabbitMqLink)link;
        _links.TryRemove(new KeyValuePair<string, RabbitMqLink>(link.Address, dropped));
        dropped.Close();
    }

    public void ResponsesLost(int count, string why)
    {
        Telemetry.UndeliveredResponses(count);
        Log.ResponsesLost(Logger, count, why);
    }

    /// <summary>Makes room for a mirrored event.</summary>
    /// <returns>Whether there is any; if so, <see cref="EndEvent"/> gives it back.</returns>
    public bool TryBeginEvent()
    {
        if (Interlocked.Increment(ref _events) <= MaxEvents)
            return true;
        EndEvent();
        return false;
    }

    public void EndEvent() => Interlocked.Decrement(ref _events);

    /// <summary>The message by which the epoch probes its own inbox has come back.</summary>
    public void SelfProbeArrived()
    {
        Volatile.Write(ref _selfProbedAt, 0);
        Interlocked.Exchange(ref _probe, null)?.TrySetResult();
    }

    /// <summary>Waits until a message to the own inbox has come back; one that is on its way will do.</summary>
    public async Task ProbeAsync()
    {
        var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrived = Interlocked.CompareExchange(ref _probe, made, null) ?? made;
        await ProbeSelfAsync().ConfigureAwait(false);
        await arrived.Task.ConfigureAwait(false);
    }

    /// <summary>Looks after the epoch: deaf inbox, stuck publisher, refused responses.</summary>
    public void Watch()
    {
        var now = Clock.Now;
        foreach (var link in _links.Values)
        {
            link.OfferRefused();
            link.Inquire(now);
            link.TellRefused();
        }

        if (IsBlocked)
            return;
        var limit = (long)_context.Options.OperationTimeout.TotalMilliseconds;
        // RabbitMQ.Client 7.2.2 can hang in a publish for ever after a socket error (rabbitmq-dotnet-client #1930).
        if (Publisher.OldestUnconfirmed is var oldest and not 0 && now - Math.Max(oldest, Volatile.Read(ref _unblockedAt)) is var waited && waited > limit)
            End($"The broker has not confirmed a message for {waited} ms.");
        else if (Volatile.Read(ref _selfProbedAt) is var probed and not 0 && now - probed > limit)
            End($"The own inbox has not delivered a message for {now - probed} ms.");
    }

    /// <summary>Sends a message to the own inbox through the broker: an inbox may be gone though its connection is open.</summary>
    public async Task ProbeSelfAsync()
    {
        if (Interlocked.CompareExchange(ref _selfProbedAt, Clock.Now, 0) != 0)
            return;
        var outcome = await Publisher.PublishAsync(Names.Gateway, Address, ProbeMessage.Type, Address).ConfigureAwait(false);
        if (outcome == PublishOutcome.Returned)
            End("The own inbox has disappeared from the broker.");
        else if (outcome == PublishOutcome.Refused)
            // A full inbox refuses too, and is not deaf.
            SelfProbeArrived();
    }

    /// <summary>Waits until the broker has confirmed everything that was handed over.</summary>
    public async Task DrainAsync()
    {
        // A message to the own inbox is published after what is queued already.
        do
            await Publisher.PublishAsync(Names.Gateway, Address, ProbeMessage.Type, Address).ConfigureAwait(false);
        while (_links.Values.Any(link => link.IsBusy));
        await Publisher.FlushLoneAsync(Names).ConfigureAwait(false);
    }

    /// <summary>Takes nothing more from the gateway: afterwards no link accepts a request.</summary>
    public void CloseLinks()
    {
        foreach (var link in _links.Values)
            link.Close();
    }

    public async ValueTask DisposeAsync()
    {
        End("The gateway closes the connection.");
        CloseLinks();
        if (Publisher is not null)
            Publisher.Dispose();
        if (Branches is not null)
            await Branches.DisposeAsync().ConfigureAwait(false);
        Sessions?.Dispose();
        await Task.WhenAll(_connections.Select(each => CloseAsync(each.Role, each.Connection))).ConfigureAwait(false);
    }

    private void OnLoneReturned(BasicReturnEventArgs returned)
    {
        // Frames go through the exchange of gateways, answers to plain clients through the default one.
        if (returned.Exchange.Length == 0)
            ResponsesLost(1, "the requester's reply queue is gone");
        // The calls of a link that was dropped have failed already.
        else if (_links.TryGetValue(returned.RoutingKey, out var link))
            link.OnLoneReturned(returned.Body);
    }

    private async Task<IConnection> ConnectAsync(string role, Opening opening)
    {
        var name = $"{_context.Options.Prefix}/{_context.Identity.Name}/{role}";
        var connection = await opening.StepAsync(
            $"Opening the {role} connection",
            token => _context.Factory.CreateConnectionAsync(name, token),
            late: late => CloseAsync(role, late)).ConfigureAwait(false);
        _connections.Add((role, connection));
        connection.ConnectionShutdownAsync += (_, shutdown) => OnShutdownAsync($"{role} connection", shutdown);
        // It may have been lost before anybody listened.
        if (connection.CloseReason is { } closed)
            await OnShutdownAsync($"{role} connection", closed).ConfigureAwait(false);
        return connection;
    }

    private async Task<IChannel> OpenChannelAsync(IConnection connection, string role, Opening opening, CreateChannelOptions? options = null)
    {
        var channel = await opening.StepAsync($"Opening the {role} channel", token => connection.CreateChannelAsync(options, token)).ConfigureAwait(false);
        channel.ChannelShutdownAsync += (_, shutdown) => OnShutdownAsync($"{role} channel", shutdown);
        if (channel.CloseReason is { } closed)
            await OnShutdownAsync($"{role} channel", closed).ConfigureAwait(false);
        return channel;
    }

    private Task OnShutdownAsync(string what, ShutdownEventArgs shutdown)
    {
        Interlocked.CompareExchange(ref _shutdown, shutdown, null);
        End(string.Create(CultureInfo.InvariantCulture, $"The {what} is closed: {shutdown.ReplyCode} {shutdown.ReplyText}."));
        return Task.CompletedTask;
    }

    private Task OnBlockedAsync(object sender, ConnectionBlockedEventArgs blocked)
    {
        Volatile.Write(ref _isBlocked, 1);
        Log.Blocked(Logger, blocked.Reason);
        return Task.CompletedTask;
    }

    private Task OnUnblockedAsync(object sender, AsyncEventArgs unblocked)
    {
        SelfProbeArrived();
        Volatile.Write(ref _unblockedAt, Clock.Now);
        Volatile.Write(ref _isBlocked, 0);
        Log.Unblocked(Logger);
        return Task.CompletedTask;
    }

    // Abort rather than close: a close can wait 30 s for a broker that is gone (rabbitmq-dotnet-client #1968).
    private async Task CloseAsync(string role, IConnection connection)
    {
        try
        {
            await connection.CloseAsync(Constants.ReplySuccess, "The gateway closes the connection.", TimeSpan.FromSeconds(2), abort: true)
                .WaitAsync(TimeSpan.FromSeconds(3)).ConfigureAwait(false);
            await connection.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(2)).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The connection is given up; how it ends changes nothing any more.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.CloseFailed(Logger, exception, role);
        }
    }
}
