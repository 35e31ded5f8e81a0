using System.Buffers;
using System.Text.Json;
using RabbitBridge.IntegrationTests;
using RabbitBridge.Remote;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.EndToEndTests.Hostile;

/// <summary>
/// Random and mutated values in every field that clients can set, while another client works: it notices nothing, and no gateway loses its
/// connection (S12, x2).
/// </summary>
[Collection(BrokerGroup.Name)]
public sealed class HostileValuesTests(BrokerFixture broker) : IAsyncLifetime
{
    private const int Values = 50_000;
    private const int Attackers = 4;
    private const int Batch = 25;
    private const string HonestPath = "honest/work";

    // A hang must end; nothing is measured by it.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private HostileBridge _bridge = null!;
    private IRemoteSession _worker = null!;
    private IRemoteSession _honest = null!;

    public async Task InitializeAsync()
    {
        if (new OwnBrokerFactAttribute().Skip is not null)
            return;
        // No roles: everybody may do everything, so that every value gets as far as it can.
        _bridge = await HostileBridge.StartAsync(broker);
        _worker = await HostileBridge.ConnectAsync(_bridge.South);
        _honest = await HostileBridge.ConnectAsync(_bridge.North);
        await _worker.Messages.AddRequestHandlerAsync<string, string>(HonestPath, static (text, _, _) => new($"{text}!"));
    }

    public async Task DisposeAsync()
    {
        if (_honest is not null)
            await _honest.DisposeAsync();
        if (_worker is not null)
            await _worker.DisposeAsync();
        if (_bridge is not null)
            await _bridge.DisposeAsync();
    }

    [OwnBrokerFact]
    public async Task Fifty_thousand_hostile_values_disturb_nobody_S12_x2()
    {
        const int Seed = 20_261_128;
        var inboxes = await _bridge.InboxesAsync();
        using var over = new CancellationTokenSource();
        var work = WorkAsync(over.Token);

        try
        {
            var attacks = Enumerable.Range(0, Attackers).Select(i => AttackAsync(new HostileValues(Seed + i), i % 2 == 0 ? _bridge.North : _bridge.South))
                .Append(AttackAsync(new HostileValues(Seed + Attackers)));
            var sent = await Task.WhenAll(attacks).WaitAsync(Limit);
            Assert.True(sent.Sum() >= Values, $"{sent.Sum()} values were sent.");
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"Seed {Seed}: {exception}");
        }
        finally
        {
            await over.CancelAsync();
        }

        var (done, failures) = await work.WaitAsync(Limit);
        Assert.True(failures.Count == 0, $"Seed {Seed}: of {done} requests {failures.Count} failed, the first with {failures.FirstOrDefault()}");
        Assert.True(done > 50, $"Seed {Seed}: only {done} requests were made meanwhile.");
        Assert.True(_bridge.Errors.Count == 0, $"Seed {Seed}: {string.Join('\n', _bridge.Errors.Take(20))}\n{FirstError(_bridge.Log)}");
        Assert.Equal(inboxes, await _bridge.InboxesAsync());
        // It was an attack: values came as far as where they are refused.
        var refusals = await _bridge.CountAsync("rabbitbridge_remote_refusals");
        var malformed = await _bridge.CountAsync("rabbitbridge_input_malformed");
        Assert.All(["invalid_request", "malformed_frame", "reserved", "forged_property", "untrusted_property"], reason => Assert.Contains(reason, refusals.Keys));
        Assert.All(["InvalidPath", "InvalidRequest", "MalformedResponse", "ForbiddenReplyAddress"], kind => Assert.Contains(kind, malformed.Keys));
        Assert.DoesNotContain("\nwarn: forged", _bridge.Log, StringComparison.Ordinal);
    }

    private static string FirstError(string log) => log.IndexOf("fail:", StringComparison.Ordinal) is >= 0 and var at ? log.Substring(at, Math.Min(4000, log.Length - at)) : "";

    private async Task<(int Done, List<Exception> Failures)> WorkAsync(CancellationToken over)
    {
        var failures = new List<Exception>();
        var done = 0;
        for (; !over.IsCancellationRequested; done++)
        {
            try
            {
                Assert.Equal($"{done}!", await _honest.Messages.SendRequestAsync<string, string>(HonestPath, $"{done}", cancellationToken: CancellationToken.None));
            }
            catch (Exception exception) when (exception is MessagingException or Xunit.Sdk.XunitException)
            {
                failures.Add(exception);
            }
        }

        return (done, failures);
    }

    // Remote clients: each opens sessions until it has sent its part.
    private async Task<int> AttackAsync(HostileValues values, Uri gateway)
    {
        const int Part = Values / (Attackers + 1);
        SessionId[] sessions = [_honest.Id, _worker.Id];
        while (values.Count < Part)
        {
            await using var attacker = await OpenAsync(values, gateway);
            for (var i = 0; i < 40 && attacker.IsConnected && values.Count < Part; i++)
                await TrySendAsync(attacker, values, sessions);
        }

        return values.Count;
    }

    private static async Task<HostileClient> OpenAsync(HostileValues values, Uri gateway)
    {
        var attacker = await HostileClient.ConnectAsync(gateway);
        // One that is refused has lost its connection, or is about to.
        for (var i = 0; i < 2; i++)
        {
            if (await attacker.TryOpenAsync(OpenText(values)))
                return attacker;
            await attacker.DisposeAsync();
            attacker = await HostileClient.ConnectAsync(gateway);
        }

        Assert.True(await attacker.TryOpenAsync("""{"version":1,"project":"X"}"""), "An honest session is opened.");
        return attacker;
    }

    private static string OpenText(HostileValues values)
    {
        var text = JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["version"] = values.Chance(0.9) ? 1 : values.Number(),
            ["clientType"] = values.MaybeText(),
            ["principal"] = values.Chance(0.8) ? null : values.Text(),
            ["password"] = values.Chance(0.9) ? null : values.Text(),
            ["token"] = values.Chance(0.9) ? null : values.Text(),
            ["project"] = values.MaybeText(5000),
            ["hostName"] = values.MaybeText(5000),
            ["properties"] = Enumerable.Range(0, values.Chance(0.02) ? 129 : values.Next(4)).Select(i => (Key: (values.Chance(0.3) ? "$" : "") + values.Text(300) + i, Value: values.MaybeText(5000))).DistinctBy(static each => each.Key).ToDictionary(static each => each.Key, static each => each.Value),
            ["resume"] = values.Chance(0.95) ? null : new { session = values.MaybeText(), key = values.MaybeText(), received = values.Number() },
        });
        return values.Chance(0.2) ? System.Text.Encoding.Latin1.GetString(values.Mutate(System.Text.Encoding.Latin1.GetBytes(text))) : text;
    }

    private static async Task TrySendAsync(HostileClient attacker, HostileValues values, SessionId[] sessions)
    {
        if (values.Chance(0.02))
        {
            var buffer = new ArrayBufferWriter<byte>();
            RemoteWriter.Write(buffer, Message(values, sessions, attacker.NextId));
            await attacker.SendAsync(to => to.Write(values.Mutate(buffer.WrittenSpan)));
            return;
        }

        await attacker.SendAsync(to =>
        {
            for (var i = 0; i < Batch; i++)
                RemoteWriter.Write(to, Message(values, sessions, attacker.NextId));
        });
        await attacker.SettleAsync();
    }

    private static RemoteMessage Message(HostileValues values, SessionId[] sessions, long id)
    {
        SessionId? session = values.Chance(0.5) ? values.Session(sessions) : null;
        var filter = session is null || values.Chance(0.1) ? values.Text() : null;
        var contentType = values.Chance(0.5) ? values.MaybeText() : values.Pick(ContentTypes.Text, ContentTypes.Json, ContentTypes.Binary);
        return values.Next(100) switch
        {
            < 30 => new(RemoteMessageType.Request, id) { Path = values.Text(), Session = session, Milliseconds = values.Milliseconds(), ContentType = contentType, Payload = values.Bytes(), TraceParent = values.MaybeText() },
            < 45 => new(RemoteMessageType.FilterRequest, id) { Path = values.Text(), Filter = filter ?? "all", Milliseconds = values.Milliseconds(), ContentType = contentType, Payload = values.Bytes(), TraceParent = values.MaybeText() },
            < 49 => new(RemoteMessageType.Response, values.Number()) { ContentType = contentType, Payload = values.Bytes() },
            < 53 => new(RemoteMessageType.Error, values.Number()) { Reason = values.Number(), Text = values.Text() },
            < 55 => new(RemoteMessageType.Cancel, values.Number()),
            < 57 => new(RemoteMessageType.Credit, values.Number()) { Count = values.Number() },
            < 59 => new(RemoteMessageType.AddHandler, id) { Path = values.Text(), Names = values.Texts(5), Redelivery = values.Chance(0.5) },
            < 61 => new(RemoteMessageType.RemoveHandler, id) { Path = values.Text() },
            < 69 => new(RemoteMessageType.SetProperties, id) { Session = session, Filter = filter, Values = Enumerable.Range(0, values.Chance(0.02) ? 129 : values.Next(4)).ToDictionary(i => values.Text(300) + i, _ => values.MaybeText(5000)) },
            < 75 => new(RemoteMessageType.ChangeRoles, id) { Session = session, Filter = filter, Names = values.Texts(4), AddedRoles = values.Texts(4) },
            < 79 => new(RemoteMessageType.AddListener, id) { Filter = values.Text(), Names = values.Texts(5) },
            < 81 => new(RemoteMessageType.RemoveListener, values.Number()),
            < 92 => new(RemoteMessageType.ProjectSend, id) { Text = ProjectHeader(values), Payload = values.Chance(0.8) ? "{}"u8.ToArray() : values.Bytes() },
            < 94 => new(RemoteMessageType.AddMessageHandler, id) { Text = values.Text() },
            < 95 => new(RemoteMessageType.RemoveMessageHandler, id) { Text = values.Text() },
            < 96 => new(RemoteMessageType.AddService, id) { Text = ServiceText(values) },
            < 97 => new(RemoteMessageType.RemoveService, id) { Text = values.Text() },
            < 98 => new(RemoteMessageType.SessionEvent, id) { Session = session, Count = values.Number(), Properties = new Dictionary<string, string> { [values.Text()] = values.Text() }, Reason = values.Number() },
            < 99 => new(RemoteMessageType.Delivery, id) { Path = values.Text(), Branch = values.MaybeText(), Session = session, ContentType = contentType, Payload = values.Bytes() },
            _ => new(RemoteMessageType.Services, id),
        };
    }

    private static string ProjectHeader(HostileValues values) => values.Chance(0.1)
        ? values.Text()
        : JsonSerializer.Serialize(new
        {
            project = values.MaybeText(),
            handler = values.MaybeText(),
            isRequest = values.Chance(0.4),
            scope = values.Pick(null, "C", "G", "CG", values.Text()),
            clientSessionId = values.Chance(0.7) ? null : values.Text(),
            user = values.Chance(0.7) ? null : values.Text(),
            hasRole = values.Chance(0.7) ? null : values.Text(),
            hostName = values.Chance(0.7) ? null : values.Text(),
            servers = values.Chance(0.3) ? null : Enumerable.Range(0, values.Next(4)).Select(_ => values.Chance(0.5) ? values.Pick("north", "south") : values.MaybeText()).ToArray(),
            milliseconds = values.Milliseconds(),
        });

    private static string ServiceText(HostileValues values) => values.Chance(0.1)
        ? values.Text()
        : JsonSerializer.Serialize(new
        {
            path = values.Text(),
            queue = values.MaybeText(),
            exchange = values.Chance(0.7) ? null : values.Text(),
            routingKey = values.Chance(0.7) ? "" : values.Text(),
            contentType = values.Chance(0.5) ? null : values.Text(),
            errorHeader = values.Chance(0.5) ? null : values.Text(),
            errorProperty = values.Chance(0.5) ? null : values.Text(),
        });

    // A plain AMQP client.
    private async Task<int> AttackAsync(HostileValues values)
    {
        const int Part = Values / (Attackers + 1);
        for (var connections = 0; values.Count < Part; connections++)
            await AttackAsync(values, Part, $"{_bridge.Prefix}-answers-{connections}");
        return values.Count;
    }

    // Over one connection. The broker ends that too (504, expected channel.open) if the client has still sent something over a channel that the broker has closed.
    private async Task AttackAsync(HostileValues values, int part, string queue)
    {
        await using var connection = await new ConnectionFactory { Uri = _bridge.PlainUri, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
        try
        {
            while (values.Count < part)
            {
                await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
                await channel.QueueDeclareAsync(queue, exclusive: true, autoDelete: false, durable: false, arguments: new Dictionary<string, object?> { ["x-max-length"] = 100 });
                while (channel.IsOpen && values.Count < part)
                    await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => TryPublishAsync(channel, values, queue)));
            }
        }
        catch (Exception exception) when (exception is AlreadyClosedException or OperationInterruptedException && !connection.IsOpen)
        {
            // The rest goes over another one.
        }
    }

    private async Task TryPublishAsync(IChannel channel, HostileValues values, string queue)
    {
        string[] exchanges = [_bridge.Names.Request, _bridge.Names.Level(0), _bridge.Names.Level(2), _bridge.Names.Level(16), _bridge.Names.Filter, _bridge.Names.Session, _bridge.Names.Gateway, _bridge.Names.Presence, _bridge.Names.Project, _bridge.Names.Service, _bridge.Names.Event, _bridge.Names.DeadLetter, ""];
        string[] keys = [_bridge.Names.Inbox("north", _honest.Id.Gateway, 1), _bridge.Names.Inbox("south", _worker.Id.Gateway, 1), _bridge.Names.HandlerQueue(MessagePath.Parse(HonestPath)), "honest.work", "honest.work.more", "north", "*"];
        var properties = new BasicProperties
        {
            ContentType = values.ShortText(),
            ContentEncoding = values.ShortText(),
            CorrelationId = values.ShortText(),
            MessageId = values.ShortText(),
            AppId = values.ShortText(),
            Type = values.ShortText(),
            ReplyTo = values.Chance(0.5) ? values.Pick(keys) : values.Chance(0.5) ? queue : values.ShortText(),
            // The broker closes the channel over any other, and over an expiration that is no number.
            Expiration = values.Chance(0.005) ? values.ShortText() : values.Pick("0", "1", "10", "4294967295"),
            DeliveryMode = values.Pick(DeliveryModes.Transient, DeliveryModes.Persistent),
            Priority = (byte)values.Next(256),
            Timestamp = new AmqpTimestamp(values.Number()),
            Headers = Headers(values, keys),
        };
        if (values.Chance(0.5))
            properties.UserId = _bridge.PlainUser;
        try
        {
            await channel.BasicPublishAsync(values.Pick(exchanges), values.Chance(0.8) ? values.Pick(keys) : values.ShortText(), mandatory: values.Chance(0.3), properties, values.Bytes());
        }
        catch (Exception exception) when (exception is PublishException or AlreadyClosedException or OperationInterruptedException)
        {
            // It came back, or the broker has closed the channel over it: what is after it goes over another one.
        }
    }

    private static Dictionary<string, object?> Headers(HostileValues values, string[] keys)
    {
        string[] names =
        [
            "rb-path", "rb-filter", "rb-all", "rb-narrowed", "rb-property-Floor", "rb-property-", "rb-session", "rb-hops", "rb-status", "rb-error", "rb-count", "rb-gateway", "rb-service",
            "rb-project", "rb-message-handler", "rb-scope", "rb-user", "rb-role", "rb-host", "traceparent",
        ];
        var headers = new Dictionary<string, object?>();
        for (var i = values.Next(4); i > 0; i--)
            headers[values.Chance(0.9) ? values.Pick(names) : values.ShortText()] = values.Header();
        if (values.Chance(0.01))
            headers["CC"] = new List<object?> { values.Pick(keys) };
        return headers;
    }
}
