using Microsoft.AspNetCore.SignalR.Client;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Sessions;

/// <summary>
/// What of a client's session belongs to one gateway: its id there, the exchange of messages, and the connection that carries it at the moment. A client that moves
/// to another gateway has two for a while.
/// </summary>
internal sealed class GatewaySession
{
    private HubConnection? _connection;
    private TaskCompletionSource<string> _lost = NewSignal();
    private TaskCompletionSource<string> _sentAway = NewSignal();
    private readonly TaskCompletionSource _registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _asking;
    private int _hasLeft;

    public GatewaySession(Uri address, OpenReply opened, Action<GatewaySession, RemoteMessage> receive)
    {
        (Address, Opened, Id) = (address, opened, SessionId.Parse(opened.Session));
        Link = new RemoteLink(message => receive(this, message));
    }

    public SessionId Id { get; }

    /// <summary>Where it was reached last.</summary>
    public Uri Address { get; private set; }

    /// <summary>What the gateway has said of it, and of its limits.</summary>
    public OpenReply Opened { get; private set; }

    public RemoteLink Link { get; }

    /// <summary>Completes, with the reason, when the connection is lost.</summary>
    public Task<string> Lost => _lost.Task;

    /// <summary>Completes, with the reason, when the gateway has asked the client to go to another one, and <see cref="TakeSentAway"/> has not been called since.</summary>
    public Task<string> SentAway => Volatile.Read(ref _sentAway).Task;

    /// <summary>Whether the gateway has asked that over the present connection: when it is lost, another gateway is the better choice.</summary>
    public bool WasSentAway { get; private set; }

    /// <summary>Completes when what the client had registered in the session before has been registered in this one, as far as it can be.</summary>
    public Task Registered => _registered.Task;

    /// <summary>What the gateway has sent cannot be read: the session cannot be resumed.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>What lets a former connection go on, at this or another address of its gateway.</summary>
    public ResumeRequest? Resumption => IsBroken ? null : new ResumeRequest(Opened.Session, Opened.Key, Link.Received);

    public static TaskCompletionSource<string> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A connection has opened or resumed it; nothing is sent before <see cref="Attach"/>.</summary>
    /// <param name="address">Where.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="reply">What the gateway has answered.</param>
    /// <param name="lost">Completes when the connection is lost.</param>
    public async Task ConnectedAsync(Uri address, HubConnection connection, OpenReply reply, TaskCompletionSource<string> lost)
    {
        await DisconnectAsync().ConfigureAwait(false);
        (_connection, _lost, Address, Opened, WasSentAway) = (connection, lost, address, reply, false);
    }

    /// <summary>Sends what waits.</summary>
    public void Attach()
    {
        var connection = _connection!;
        Link.Attach(frame => connection.SendAsync("Frame", frame, CancellationToken.None), Opened.Received);
    }

    public async Task DisconnectAsync()
    {
        Link.Detach();
        if (_connection is { } connection)
            await connection.DisposeAsync().ConfigureAwait(false);
        _connection = null;
    }

    /// <summary>The gateway asks the client to go to another one.</summary>
    public void SendAway(string reason)
    {
        WasSentAway = true;
        Volatile.Read(ref _sentAway).TrySetResult(reason);
    }

    /// <summary>The client begins to do as it was asked; it may be asked again.</summary>
    /// <returns>The reason.</returns>
    public Task<string> TakeSentAway() => Interlocked.Exchange(ref _sentAway, NewSignal()).Task;

    /// <summary>Everything is registered that can be.</summary>
    public void EndRegistering() => _registered.TrySetResult();

    /// <summary>There is no other gateway: the client stays until it is asked again, or the connection is lost.</summary>
    public void Stay() => Link.Post(new RemoteMessage(RemoteMessageType.Leave) { Count = 0 });

    /// <summary>
    /// Something is about to be asked here, until <see cref="AskEnds"/>. What comes behind the word that the client has moved is not executed any more: whoever had
    /// chosen this gateway just before must have sent it by then, or ask the next one.
    /// </summary>
    /// <returns>Whether it may be.</returns>
    public bool TryAsk()
    {
        Interlocked.Increment(ref _asking);
        if (Volatile.Read(ref _hasLeft) == 0)
            return true;
        AskEnds();
        return false;
    }

    public void AskEnds() => Interlocked.Decrement(ref _asking);

    /// <summary>The client has moved: the gateway withdraws its handlers, lets end what is under way, and ends the session.</summary>
    public async Task LeaveAsync()
    {
        Interlocked.Exchange(ref _hasLeft, 1);
        while (Volatile.Read(ref _asking) > 0)
            await Task.Delay(1).ConfigureAwait(false);
        Link.Post(new RemoteMessage(RemoteMessageType.Leave) { Count = 1 });
    }

    /// <summary>The gateway has ended the session.</summary>
    public void End(string reason) => _lost.TrySetResult(reason);

    /// <summary>What the gateway has sent cannot be read.</summary>
    public void Break(string reason)
    {
        IsBroken = true;
        _lost.TrySetResult(reason);
    }
}
