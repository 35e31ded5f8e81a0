using System.Collections.Concurrent;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Frames;
using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace RabbitBridge.IntegrationTests;

/// <summary>
/// A gateway as the native page of the wire contract describes it, played by a test: it answers nothing but
/// presence, and publishes without confirms.
/// </summary>
internal sealed class NativePeer : IFrameSink, IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly Names _names;
    private string? _from;
    private readonly Queue<(string To, PresenceMessage Message)> _answers = new();
    private bool _isConfirmed;
    private bool _isKnown;
    private string? _path;

    private NativePeer(IConnection connection, IChannel channel, Names names, string user) => (_connection, _channel, _names, UserId) = (connection, channel, names, user);

    public ulong Instance { get; } = (ulong)Random.Shared.NextInt64();

    public string Address => _names.Inbox("peer", Instance, 1);

    /// <summary>The user that the frames name; the broker refuses any but the connection's own. <see langword="null"/> for none.</summary>
    public string? UserId { get; set; }

    /// <summary>Whether it tells that it has heard of a change of routes.</summary>
    public bool Acknowledges { get; set; } = true;

    /// <summary>What it has heard of the routes of others.</summary>
    public ConcurrentQueue<PresenceMessage> Routes { get; } = new();

    /// <summary>The requests that came, the inbox of each one's sender, and whether it was published with a confirm.</summary>
    public ConcurrentQueue<(RequestEnvelope Request, string From, bool IsConfirmed)> Requests { get; } = new();

    public ConcurrentQueue<(ResponseEnvelope Response, bool IsConfirmed)> Responses { get; } = new();

    /// <summary>How many responses had come when a gateway said that it leaves; <see langword="null"/> before.</summary>
    public int? AnsweredBeforeGoodbye { get; private set; }

    public ConcurrentQueue<(long Id, bool IsConfirmed)> Inquiries { get; } = new();

    public ConcurrentQueue<FilterCount> Counts { get; } = new();

    /// <summary>Opens the inbox; nobody knows of it yet.</summary>
    /// <param name="uri">The broker.</param>
    /// <param name="names">The names of the gateways' things.</param>
    /// <param name="maxLength">How many messages the inbox takes before it refuses more; it listens at once where there is no limit.</param>
    public static async Task<NativePeer> OpenAsync(Uri uri, Names names, int? maxLength = null)
    {
        var connection = await new ConnectionFactory { Uri = uri, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
        var channel = await connection.CreateChannelAsync();
        var peer = new NativePeer(connection, channel, names, uri.UserInfo.Split(':')[0]);
        await channel.QueueDeclareAsync(
            peer.Address,
            exclusive: true,
            arguments: maxLength is null ? null : new Dictionary<string, object?> { ["x-max-length"] = maxLength, ["x-overflow"] = "reject-publish" });
        await channel.QueueBindAsync(peer.Address, names.Gateway, peer.Address);
        if (maxLength is null)
        {
            await channel.QueueBindAsync(peer.Address, names.Presence, string.Empty);
            await peer.ListenAsync();
        }

        return peer;
    }

    /// <summary>Reads what comes to the inbox.</summary>
    public async Task ListenAsync()
    {
        var consumer = new AsyncEventingBasicConsumer(_channel);
        consumer.ReceivedAsync += OnReceivedAsync;
        await _channel.BasicConsumeAsync(Address, autoAck: true, consumer);
    }

    /// <summary>How many messages lie in the inbox.</summary>
    public Task<uint> WaitingAsync() => _channel.MessageCountAsync(Address);

    /// <summary>Tells a gateway that this one handles a path.</summary>
    public Task AnnounceAsync(string to, string path)
    {
        (_isKnown, _path) = (true, path);
        var snapshot = Snapshot();
        return SendAsync(to, frame => FrameWriter.Write(frame, snapshot));
    }

    /// <summary>Tells all gateways something of this one's presence.</summary>
    public Task BroadcastAsync(PresenceKind kind) =>
        PublishAsync(_names.Presence, string.Empty, frame => FrameWriter.Write(frame, Presence(kind)));

    /// <summary>Sends a frame to a gateway.</summary>
    public Task SendAsync(string to, Action<FrameBuffer> write) => PublishAsync(_names.Gateway, to, write);

    /// <summary>Sends a frame to an exchange.</summary>
    public async Task PublishAsync(string exchange, string key, Action<FrameBuffer> write, Dictionary<string, object?>? headers = null)
    {
        var frame = FrameBuffer.Take();
        write(frame);
        var properties = new BasicProperties { Type = FrameFormat.Type, ContentType = FrameFormat.ContentType, ReplyTo = Address, Headers = headers };
        if (UserId is not null)
            properties.UserId = UserId;
        await _channel.BasicPublishAsync(exchange, key, mandatory: true, properties, frame.Bytes);
    }

    public void OnSent(long at, int waited)
    {
        // The tests look at the messages.
    }

    public void OnRequest(in RequestEnvelope request) => Requests.Enqueue((request, _from!, _isConfirmed));

    public void OnResponse(in ResponseEnvelope response) => Responses.Enqueue((response, _isConfirmed));

    public void OnMessage(LinkMessage message)
    {
        switch (message)
        {
            case PresenceMessage { Kind: PresenceKind.Goodbye }:
                AnsweredBeforeGoodbye ??= Responses.Count;
                break;
            case PresenceMessage { Kind: PresenceKind.Probe } probe:
                _answers.Enqueue((probe.Address, Presence(PresenceKind.ProbeAnswer)));
                break;
            case PresenceMessage { Kind: PresenceKind.SnapshotRequest } request when _isKnown:
                _answers.Enqueue((request.Address, Snapshot()));
                _answers.Enqueue((request.Address, Presence(PresenceKind.SnapshotRequest) with { Version = 1 }));
                break;
            // Each change of the gateway's routes would wait for it, in the test and at its end.
            case PresenceMessage { Kind: PresenceKind.Snapshot or PresenceKind.Change } routes:
                Routes.Enqueue(routes);
                if (Acknowledges)
                    _answers.Enqueue(Acknowledgement(routes));
                break;
            case FilterCount count:
                Counts.Enqueue(count);
                break;
            case InquiryMessage inquiry:
                Inquiries.Enqueue((inquiry.Id, _isConfirmed));
                break;
        }
    }

    public void OnBadRequest(long id, ErrorReason reason, string problem) => Assert.Fail(problem);

    public void OnUnknown(int type) => Assert.Fail($"Unknown message type {type}.");

    /// <summary>Says goodbye to who has heard of it, and leaves.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isKnown)
            await BroadcastAsync(PresenceKind.Goodbye);
        await DieAsync();
    }

    /// <summary>Is gone without a goodbye.</summary>
    public async Task DieAsync()
    {
        _isKnown = false;
        await _connection.DisposeAsync();
    }

    /// <summary>Tells that it has heard of everything that it kept to itself.</summary>
    public async Task AcknowledgeAsync()
    {
        Acknowledges = true;
        foreach (var routes in Routes.ToArray())
        {
            var (to, message) = Acknowledgement(routes);
            await SendAsync(to, frame => FrameWriter.Write(frame, message));
        }
    }

    private (string To, PresenceMessage Message) Acknowledgement(PresenceMessage routes) =>
        (routes.Address, Presence(PresenceKind.Acknowledgement) with { Version = routes.Version });

    private PresenceMessage Snapshot() => Presence(PresenceKind.Snapshot) with
    {
        Version = 1,
        Added = [new BranchAnnouncement(MessagePath.Parse(_path!), [], false)],
    };

    private PresenceMessage Presence(PresenceKind kind) =>
        new() { Kind = kind, Instance = Instance, Name = "peer", Address = Address, HeartbeatMilliseconds = 60_000 };

    private async Task OnReceivedAsync(object sender, BasicDeliverEventArgs message)
    {
        (_from, _isConfirmed) = (message.BasicProperties.ReplyTo, message.BasicProperties.MessageId is not null);
        FrameReader.Read(message.Body.ToArray(), this);
        while (_answers.TryDequeue(out var answer))
            await SendAsync(answer.To, frame => FrameWriter.Write(frame, answer.Message));
    }
}
