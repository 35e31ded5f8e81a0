using System.Globalization;
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
        Gen.Select(Gen.Long, Path, Session, Gen.Bool), Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[0, 16], Gen.Int[0, 3]), Gen.Select(ContentType, Payload, Properties, Text))
        .Select(all => (object)new RequestEnvelope
        {
            Id = all.Item1.Item1,
            Path = all.Item1.Item2,
            Sender = all.Item1.Item3,
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

    private static readonly Gen<object> Cancel = Gen.Long.Select(id => (object)id);

    private static readonly Gen<object> Inquiry = Gen.Long.Select(id => (object)$"inquiry {id}");

    private static readonly Gen<BranchAnnouncement> Branch = Gen.Select(Gen.OneOf(Path, Gen.Const(MessagePath.Root)), Text.Array[0, 3], Gen.Bool)
        .Select((path, keys, redelivery) => new BranchAnnouncement(path, keys, redelivery));

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

    public static Gen<object> Any { get; } = Gen.OneOf(Request, Response, Error, Cancel, Presence, Inquiry);

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
                case long id:
                    FrameWriter.WriteCancel(frame, id);
                    break;
                case string inquiry:
                    FrameWriter.WriteInquiry(frame, long.Parse(inquiry.Split(' ')[1], CultureInfo.InvariantCulture));
                    break;
                default:
                    FrameWriter.Write(frame, (PresenceMessage)message);
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
                Assert.Equal(one with { Payload = default, Properties = null }, two with { Payload = default, Properties = null });
                Assert.True(one.Payload.Span.SequenceEqual(two.Payload.Span));
                Assert.Equal(one.Properties?.OrderBy(pair => pair.Key), two.Properties?.OrderBy(pair => pair.Key));
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
