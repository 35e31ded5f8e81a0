using System.Globalization;
using Microsoft.Extensions.Logging;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.RabbitMq.Frames;
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
internal sealed class Epoch
{
    private readonly EpochContext _context;
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(string Role, IConnection Connection)> _connections = [];
    private ShutdownEventArgs? _shutdown;
    private int _isBlocked;
    private long _unblockedAt;

    public Epoch(EpochContext context, int number)
    {
        _context = context;
        Address = context.Names.Inbox(context.Identity.Name, context.Identity.Instance, number);
    }

    /// <summary>The name of the inbox.</summary>
    public string Address { get; }

    /// <summary>Whether the broker has blocked the publishing connection.</summary>
    public bool IsBlocked => Volatile.Read(ref _isBlocked) != 0;

    /// <summary>When the broker has last let the publishing connection go on, in milliseconds of the gateway's clock; 0 if it never had to.</summary>
    public long UnblockedAt => Volatile.Read(ref _unblockedAt);

    public SelfProbe SelfProbe { get; } = new();

    public Names Names => _context.Names;

    /// <summary>How long the frames of an inbox's gateway take.</summary>
    public TransitTime TransitOf(string inbox) => _context.Transits.Of(inbox, Environment.TickCount64);

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

    public void ResponsesLost(int count, string why)
    {
        Telemetry.UndeliveredResponses(count);
        Log.ResponsesLost(Logger, count, why);
    }

    /// <summary>Opens one of the epoch's connections, whose end is the epoch's.</summary>
    public async Task<IConnection> ConnectAsync(string role, Opening opening)
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

    /// <summary>Opens a channel without which the epoch cannot be.</summary>
    public async Task<IChannel> OpenChannelAsync(IConnection connection, string role, Opening opening, CreateChannelOptions? options = null)
    {
        var channel = await opening.StepAsync($"Opening the {role} channel", token => connection.CreateChannelAsync(options, token)).ConfigureAwait(false);
        channel.ChannelShutdownAsync += (_, shutdown) => OnShutdownAsync($"{role} channel", shutdown);
        if (channel.CloseReason is { } closed)
            await OnShutdownAsync($"{role} channel", closed).ConfigureAwait(false);
        return channel;
    }

    /// <summary>Has the epoch heed when the broker blocks the publishing connection.</summary>
    public void HeedBlocks(IConnection publish)
    {
        publish.ConnectionBlockedAsync += OnBlockedAsync;
        publish.ConnectionUnblockedAsync += OnUnblockedAsync;
    }

    public Task CloseAsync() => Task.WhenAll(_connections.Select(each => CloseAsync(each.Role, each.Connection)));

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
