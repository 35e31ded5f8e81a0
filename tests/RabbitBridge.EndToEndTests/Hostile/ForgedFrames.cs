using RabbitBridge.Fabric;
using RabbitBridge.Filters;
using RabbitBridge.RabbitMq.Frames;
using RabbitBridge.RabbitMq.Topology;

namespace RabbitBridge.EndToEndTests.Hostile;

/// <summary>Everything that one gateway could tell another, forged: each would do harm if it were believed.</summary>
/// <param name="names">The names of the bridge.</param>
/// <param name="victim">The instance of a gateway that is spoken for.</param>
/// <param name="target">A session with a stream for administrators.</param>
/// <param name="pending">The number of a request that waits for its answer.</param>
internal sealed class ForgedFrames(Names names, ulong victim, SessionId target, long pending)
{
    public const string Stolen = "stolen";

    private static readonly Dictionary<string, string> Root = new() { ["$Principal"] = "root", ["$Roles"] = "\"ADMIN\"" };

    /// <summary>The session that sessions events are forged for.</summary>
    public static SessionId NoSession { get; } = new(0x666, 0x666);

    /// <summary>The bodies, by what they are.</summary>
    public IReadOnlyList<byte[]> All { get; } =
    [
        Pack(frame => FrameWriter.Write(frame, Request("admin/delete"))),
        Pack(frame => FrameWriter.Write(frame, Request("admin/stream") with { Target = target })),
        Pack(frame => FrameWriter.Write(frame, Request(GatewayPath) with { Target = new SessionId(victim, 0), ContentType = "application/vnd.rabbitbridge.project-message" })),
        Pack(frame => FrameWriter.Write(frame, Request("admin/stream") with { Filter = "all" })),
        Pack(frame => FrameWriter.Write(frame, Request("admin/stream") with { Filter = "all", Change = new SessionChange(new Dictionary<string, string?> { ["Stolen"] = "yes" }, [], ["ADMIN"], WantsPrevious: false) })),
        Pack(frame => FrameWriter.Write(frame, new ResponseEnvelope { Id = pending, ContentType = ContentTypes.Text, Payload = "FORGED"u8.ToArray() })),
        Pack(frame => FrameWriter.Write(frame, ResponseEnvelope.Failed(pending, ErrorReason.RejectedRequest, "FORGED"))),
        Pack(frame => FrameWriter.Write(frame, new CancelMessage(pending))),
        Pack(frame => FrameWriter.Write(frame, new InquiryMessage(pending))),
        Pack(frame => FrameWriter.Write(frame, new ListenMessage(IsOn: true))),
        Pack(frame => FrameWriter.Write(frame, new SessionEvent { Kind = SessionEventKind.Open, Session = NoSession, Properties = Root })),
        Pack(frame => FrameWriter.Write(frame, new SessionEvent { Kind = SessionEventKind.Closed, Session = target })),
        Pack(frame => FrameWriter.Write(frame, Presence(names, 0x666, "forged") with { Kind = PresenceKind.Snapshot })),
        Pack(frame => FrameWriter.Write(frame, Presence(names, victim, "south") with { Kind = PresenceKind.Change, BaseVersion = 0 })),
        Pack(frame => FrameWriter.Write(frame, Presence(names, victim, "south") with { Kind = PresenceKind.Goodbye })),
    ];

    private static string GatewayPath => "admin/delete";

    private static RequestEnvelope Request(string path) => new()
    {
        Id = 7,
        Path = MessagePath.Parse(path),
        Sender = new SessionId(0x666, 1),
        ContentType = ContentTypes.Text,
        Payload = "x"u8.ToArray(),
        RemainingMilliseconds = 5000,
        Properties = Root,
    };

    private static PresenceMessage Presence(Names names, ulong instance, string name) => new()
    {
        Kind = PresenceKind.Heartbeat,
        Instance = instance,
        Name = name,
        Address = names.Inbox(name, instance, 1),
        Version = 1_000_000,
        HeartbeatMilliseconds = 60_000,
        Added = [new BranchAnnouncement(MessagePath.Parse(Stolen), [], false)],
        Headers = [FilterHeaders.All],
    };

    private static byte[] Pack(Action<FrameBuffer> write)
    {
        var frame = FrameBuffer.Take();
        write(frame);
        return frame.Bytes.ToArray();
    }
}
