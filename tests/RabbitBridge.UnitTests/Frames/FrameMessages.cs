using CsCheck;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Frames;

namespace RabbitBridge.UnitTests.Frames;

/// <summary>Random messages of every kind, how they are written, and how they are compared.</summary>
internal static class FrameMessages
{
    private static readonly Gen<string> Text = Gen.OneOf("", "a", "é", "😀", "\0", "long text that does not fit into a fixstr of MessagePack").Array[0, 4].Select(string.Concat);

    private static readonly Gen<MessagePath> Path = Gen.OneOf("a", "b.c", "é", "*").Array[1, 5].Select(segments => MessagePath.Parse(string.Join('/', segments)));

    private static readonly Gen<SessionId> Session = Gen.Select(Gen.ULong, Gen.ULong).Select((gateway, session) => new SessionId(gateway, session));

    private static readonly Gen<string> ContentType = Gen.OneOf(
        ContentTypes.Json, ContentTypes.Text, ContentTypes.Int64, ContentTypes.Double, ContentTypes.Binary, ContentTypes.RecordV2, ContentTypes.MessagePack, "image/png", "");

    private static readonly Gen<ReadOnlyMemory<byte>> Payload =
        Gen.Frequency((10, Gen.Byte.Array[0, 40]), (1, Gen.Byte.Array[300, 70_000])).Select(bytes => (ReadOnlyMemory<byte>)bytes);

    private static readonly Gen<IReadOnlyDictionary<string, string>?> Properties = Gen.Frequency(
        (1, Gen.Const((IReadOnlyDictionary<string, string>?)null)),
        (3, Gen.Select(Text, Text).Array[0, 20].Select(pairs => (IReadOnlyDictionary<string, string>?)pairs.DistinctBy(pair => pair.Item1).ToDictionary())));

    private static readonly Gen<object> Request = Gen.Select(
        Gen.Select(Gen.Long, Path, Session, Gen.Bool), Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[0, 16], Gen.Int[0, 3]), Gen.Select(ContentType, Payload, Properties, Text, Text.Array[0, 3]))
        .Select(all => (object)new RequestEnvelope
        {
            Id = all.Item1.Item1,
            Path = all.Item1.Item2,
            Sender = all.Item1.Item3,
            AskedBeside = all.Item2.Item3 == 0 ? null : all.Item3.Item5,
            Target = all.Item1.Item4 ? all.Item1.Item3 : null,
            RemainingMilliseconds = all.Item2.Item1,
            Depth = all.Item2.Item2,
            Hops = all.Item2.Item3,
            ContentType = all.Item3.Item1,
            Payload = all.Item3.Item2,
            Properties = all.Item3.Item3,
            TraceParent = all.Item3.Item4.Length == 0 ? null : all.Item3.Item4,
        });

    private static readonly Gen<object> Response = Gen.Select(Gen.Long, ContentType, Payload)
        .Select((id, type, payload) => (object)new ResponseEnvelope { Id = id, ContentType = type, Payload = payload });

    private static readonly Gen<object> Error = Gen.Select(Gen.Long, Gen.Enum<ErrorReason>(), Text)
        .Select((id, reason, text) => (object)ResponseEnvelope.Failed(id, reason, text));

    private static readonly Gen<object> Cancel = Gen.Long.Select(id => (object)new CancelMessage(id));

    private static readonly Gen<object> Inquiry = Gen.Long.Select(id => (object)new InquiryMessage(id));

    private static readonly Gen<Dictionary<string, string?>> Values = Gen.Select(Text, Text, Gen.Bool).Array[0, 5].Select(Dictionary<string, string?> (pairs) =>
        pairs.DistinctBy(pair => pair.Item1).ToDictionary(pair => pair.Item1, string? (pair) => pair.Item3 ? pair.Item2 : null));

    private static readonly Gen<object> FilterRequest = Gen.Select(
        Gen.Select(Gen.Long, Text, Path, Session), Gen.Select(Gen.Int[0, int.MaxValue], ContentType, Payload), Gen.Select(Gen.Bool, Values, Text.Array[0, 3]))
        .Select(all => (object)new RequestEnvelope
        {
            Id = all.Item1.Item1,
            Filter = all.Item1.Item2,
            Path = all.Item3.Item1 ? MessagePath.Root : all.Item1.Item3,
            Sender = all.Item1.Item4,
            RemainingMilliseconds = all.Item2.Item1,
            ContentType = all.Item2.Item2,
            Payload = all.Item2.Item3,
            Change = all.Item3.Item1 ? new SessionChange(all.Item3.Item2, all.Item3.Item3, [], all.Item1.Item1 % 2 == 0) : null,
        });

    private static readonly Gen<object> SessionResponse = Gen.Select(Gen.Long, Session, ContentType, Payload)
        .Select((id, session, type, payload) => (object)new ResponseEnvelope { Id = id, Session = session, ContentType = type, Payload = payload });

    private static readonly Gen<object> SessionError = Gen.Select(Gen.Long, Session, Gen.Enum<ErrorReason>(), Text)
        .Select((id, session, reason, text) => (object)(ResponseEnvelope.Failed(id, reason, text) with { Session = session }));

    private static readonly Gen<object> Count = Gen.Select(Gen.Long, Gen.ULong, Gen.ULong.Array[0, 300], Gen.Bool, Gen.Enum<ErrorReason>(), Gen.Bool)
        .Select((id, gateway, sessions, answers, reason, fails) =>
            (object)new FilterCount(id, gateway, sessions, answers, fails ? reason : null, fails ? "text" : null));

    private static readonly Gen<object> Event = Gen.Select(Gen.Enum<SessionEventKind>(), Session, Properties, Gen.Enum<SessionCloseReason>())
        .Select((kind, session, properties, reason) => (object)new SessionEvent
        {
            Kind = kind,
            Session = session,
            Properties = properties ?? new Dictionary<string, string>(),
            CloseReason = reason,
        });

    private static readonly Gen<object> Credit = Gen.Select(Gen.Long, Gen.Int[0, int.MaxValue], Gen.Bool).Select((id, answers, asks) => (object)new CreditMessage(id, answers, asks));

    private static readonly Gen<object> Listen = Gen.Bool.Select(isOn => (object)new ListenMessage(isOn));

    private static readonly Gen<ServiceAnnouncement?> Service = Gen.Select(Text, Text, Gen.Int[0, int.MaxValue], Gen.Enum<ServiceState>(), Gen.Bool)
        .Select((exchange, text, number, state, isThere) => isThere
            ? new ServiceAnnouncement(
                new ServiceRoute
                {
                    Exchange = exchange,
                    RoutingKey = text,
                    ContentType = number % 2 == 0 ? text : null,
                    TimeLimit = number,
                    ErrorHeader = number % 3 == 0 ? text : null,
                    ErrorProperty = number % 5 == 0 ? exchange : null,
                    WaitsForConsumers = number % 13 == 0,
                },
                new ServiceStatus(state, number % 7 == 0 ? null : number, number % 11 == 0 ? text : null),
                number % 17 == 0,
                number % 19 == 0)
            : null);

    private static readonly Gen<BranchAnnouncement> Branch = Gen.Select(Gen.OneOf(Path, Gen.Const(MessagePath.Root)), Text.Array[0, 3], Gen.Bool, Service)
        .Select((path, keys, redelivery, service) => new BranchAnnouncement(path, keys, redelivery, service));

    private static readonly Gen<KnownGateway> Known = Gen.Select(Gen.ULong, Text, Text).Select((instance, name, address) => new KnownGateway(instance, name, address));

    private static readonly Gen<object> Presence = Gen.Select(
        Gen.Select(Gen.Enum<PresenceKind>(), Gen.ULong, Text, Text), Gen.Select(Gen.Long, Gen.Long, Gen.Int), Gen.Select(Branch.Array[0, 5], Path.Array[0, 5], Known.Array[0, 5]))
        .Select(all => (object)new PresenceMessage
        {
            Kind = all.Item1.Item1,
            Instance = all.Item1.Item2,
            Name = all.Item1.Item3,
            Address = all.Item1.Item4,
            Version = all.Item2.Item1,
            BaseVersion = all.Item2.Item2,
            HeartbeatMilliseconds = all.Item2.Item3,
            Added = all.Item3.Item1,
            Withdrawn = all.Item3.Item2,
            Known = all.Item3.Item3,
        });

    public static Gen<object> Any { get; } = Gen.OneOf(Request, Response, Error, Cancel, Presence, Inquiry, FilterRequest, SessionResponse, SessionError, Count, Event, Credit, Listen);

    public static byte[] Write(IEnumerable<object> messages)
    {
        var frame = FrameBuffer.Take();
        foreach (var message in messages)
        {
            switch (message)
            {
                case RequestEnvelope request:
                    FrameWriter.Write(frame, request);
                    break;
                case ResponseEnvelope response:
                    FrameWriter.Write(frame, response);
                    break;
                default:
                    FrameWriter.Write(frame, (LinkMessage)message);
                    break;
            }
        }

        var bytes = frame.Bytes.ToArray();
        frame.Return();
        return bytes;
    }

    public static void AssertEqual(object expected, object actual)
    {
        switch ((expected, actual))
        {
            case (RequestEnvelope one, RequestEnvelope two):
                Assert.Equal(one with { Payload = default, Properties = null, AskedBeside = null, Change = null }, two with { Payload = default, Properties = null, AskedBeside = null, Change = null });
                Assert.Equal(Write([one]), Write([two]));
                Assert.True(one.Payload.Span.SequenceEqual(two.Payload.Span));
                Assert.Equal(one.Properties?.OrderBy(pair => pair.Key), two.Properties?.OrderBy(pair => pair.Key));
                Assert.Equal(one.AskedBeside, two.AskedBeside);
                break;
            case (ResponseEnvelope one, ResponseEnvelope two):
                Assert.Equal(one with { Payload = default }, two with { Payload = default });
                Assert.True(one.Payload.Span.SequenceEqual(two.Payload.Span));
                break;
            case (PresenceMessage one, PresenceMessage two):
                Assert.True(SameFields(one, two), $"{one} was read as {two}");
                Assert.Equal(one.Added, two.Added);
                Assert.Equal(one.Withdrawn, two.Withdrawn);
                Assert.Equal(one.Known, two.Known);
                break;
            case (FilterCount or SessionEvent, _):
                // They hold lists; what is written the same is the same.
                Assert.Equal(Write([expected]), Write([actual]));
                break;
            default:
                Assert.Equal(expected, actual);
                break;
        }
    }

    // Records compare lists by reference.
    private static bool SameFields(PresenceMessage one, PresenceMessage two) =>
        (one.Kind, one.Instance, one.Name, one.Address, one.Version, one.BaseVersion, one.HeartbeatMilliseconds)
        == (two.Kind, two.Instance, two.Name, two.Address, two.Version, two.BaseVersion, two.HeartbeatMilliseconds);
}
