using System.Buffers;
using System.Buffers.Binary;
using MessagePack;
using RabbitBridge.Fabric;

namespace RabbitBridge.RabbitMq.Frames;

/// <summary>
/// Reads frames, which may come from anybody who may publish: nothing in them is trusted. Payloads are slices of the frame.
/// </summary>
internal static class FrameReader
{
    private const int SessionIdBytes = 16;

    // More than any honest message nests.
    private const int MaxDepth = 16;

    /// <summary>Reads a frame.</summary>
    /// <param name="frame">The bytes, which the messages' payloads keep alive.</param>
    /// <param name="sink">Takes what is read; what precedes a defect has been taken when the error is thrown.</param>
    /// <exception cref="FrameException">The frame is malformed.</exception>
    public static void Read(ReadOnlyMemory<byte> frame, IFrameSink sink)
    {
        var reader = new MessagePackReader(frame);
        try
        {
            var version = reader.ReadInt64();
            if (version != FrameFormat.Version)
                throw new FrameException(FrameDefect.UnknownVersion, $"Frame version {version}; this gateway reads version {FrameFormat.Version}.");
            while (!reader.End)
                ReadMessage(ref reader, sink);
        }
        catch (Exception exception) when (IsMalformed(exception))
        {
            throw new FrameException(FrameDefect.Malformed, $"The frame is malformed at byte {reader.Consumed}: {exception.Message}", exception);
        }
    }

    // MessagePackReader lets its own slicing fail on lengths that the frame cannot have.
    private static bool IsMalformed(Exception exception) => exception is MessagePackSerializationException or EndOfStreamException
        or OverflowException or ArgumentOutOfRangeException or InsufficientExecutionStackException;

    private static void ReadMessage(ref MessagePackReader reader, IFrameSink sink)
    {
        var fields = reader.ReadArrayHeader();
        if (fields == 0)
            throw new FrameException(FrameDefect.Malformed, $"An empty array at byte {reader.Consumed} where a message should be.");
        var type = reader.ReadInt32();
        var read = type switch
        {
            FrameFormat.Request => ReadRequest(ref reader, fields, sink),
            FrameFormat.Response => ReadResponse(ref reader, fields, sink),
            FrameFormat.Error => ReadError(ref reader, fields, sink),
            FrameFormat.Cancel => ReadCancel(ref reader, fields, sink),
            FrameFormat.Presence => ReadPresence(ref reader, fields, sink),
            FrameFormat.Inquiry => ReadInquiry(ref reader, fields, sink),
            FrameFormat.FilterRequest => ReadFilterRequest(ref reader, fields, sink),
            FrameFormat.FilterCount => ReadFilterCount(ref reader, fields, sink),
            FrameFormat.SessionResponse => ReadSessionResponse(ref reader, fields, sink),
            FrameFormat.SessionError => ReadSessionError(ref reader, fields, sink),
            FrameFormat.Credit => ReadCredit(ref reader, fields, sink),
            FrameFormat.Listen => ReadListen(ref reader, fields, sink),
            FrameFormat.Sent => ReadSent(ref reader, fields, sink),
            FrameFormat.SessionEvent => ReadSessionEvent(ref reader, fields, sink),
            _ => Unknown(type, sink),
        };
        // A later version may add fields at the end.
        for (; read < fields; read++)
            Skip(ref reader, 0);
    }

    private static int ReadSent(ref MessagePackReader reader, int fields, IFrameSink sink)
    {
        Demand(fields, 3, "time of sending");
        sink.OnSent(reader.ReadInt64(), Math.Max(0, reader.ReadInt32()));
        return 3;
    }

    private static int ReadRequest(ref MessagePackReader reader, int fields, IFrameSink sink)
    {
        Demand(fields, 12, "request");
        var id = reader.ReadInt64();
        var text = reader.ReadString();
        SessionId? target = reader.TryReadNil() ? null : ReadSession(ref reader);
        var sender = ReadSession(ref reader);
        var remaining = reader.ReadInt32();
        var depth = reader.ReadInt32();
        var hops = reader.ReadInt32();
        var contentType = ReadContentType(ref reader);
        var payload = ReadBytes(ref reader);
        var properties = ReadProperties(ref reader);
        var trace = reader.ReadString();
        var beside = fields > 12 && !reader.TryReadNil() ? ReadPropertyKeys(ref reader) : null;
        if (!MessagePath.TryParse(text, out var path, out var problem) || path.IsRoot)
        {
            sink.OnBadRequest(id, ErrorReason.InvalidPath, problem ?? "A request cannot be sent to the root.");
        }
        else if (remaining < 0 || depth < 0 || hops < 0)
        {
            sink.OnBadRequest(id, ErrorReason.InvalidData, "The request has a negative time, depth or number of hops.");
        }
        else
        {
            sink.OnRequest(new RequestEnvelope
            {
                Id = id,
                Path = path,
                Target = target,
                Sender = sender,
                RemainingMilliseconds = remaining,
                Depth = depth,
                Hops = hops,
                ContentType = contentType,
                Payload = payload,
                Properties = properties,
                AskedBeside = beside,
                TraceParent = trace,
            });
        }

        return Math.Min(fields, 13);
    }

    private static int ReadResponse(ref MessagePackReader reader, int fields, IFrameSink sink)
    {
        Demand(fields, 4, "response");
        var id = reader.ReadInt64();
        var contentType = ReadContentType(ref reader);
        sink.OnResponse(new ResponseEnvelope { Id = id, ContentType = contentType, Payload = ReadBytes(ref reader) });
        return 4;
    }

    private static int ReadError(ref MessagePackReader reader, int fields, IFrameSink sink)
    {
        Demand(fields, 4, "error");
        var id = reader.ReadInt64();
        var reason = (ErrorReason)reader.ReadInt32();
        sink.OnResponse(ResponseEnvelope.Failed(id, reason, reader.ReadString() ?? string.Empty));
        return 4;
    }

    private static int ReadCancel(ref MessagePackReader reader, int fields, IFrameSink sink)
    {
        Demand(fields, 2, "cancel");
        sink.OnMessage(new CancelMessage(reader.ReadInt64()));
        return 2;
    }

    private static int ReadInquiry(ref MessagePackReader reader, int fields, IFrameSink sink)
    {
        Demand(fields, 2, "inquiry");
        sink.OnMessage(new InquiryMessage(reader.ReadInt64()));
        return 2;
    }

    private static int ReadFilterRequest(ref MessagePackReader reader, int fields, IFrameSink sink)
    {
        Demand(fields, 10, "filter request");
        var id = reader.ReadInt64();
        var filter = ReadText(ref reader, "filter");
        var text = reader.ReadString();
        var sender = ReadSession(ref reader);
        var remaining = reader.ReadInt32();
        var contentType = ReadContentType(ref reader);
        var payload = ReadBytes(ref reader);
        var trace = reader.ReadString();
        var change = reader.TryReadNil() ? null : ReadChange(ref reader);
        string? problem = null;
        var path = MessagePath.Root;
        if (change is null && (!MessagePath.TryParse(text, out path, out problem) || path.IsRoot))
        {
            sink.OnBadRequest(id, ErrorReason.InvalidPath, problem ?? "A request cannot be sent to the root.");
        }
        else if (remaining < 0)
        {
            sink.OnBadRequest(id, ErrorReason.InvalidData, "The request has a negative time.");
        }
        else
        {
            sink.OnRequest(new RequestEnvelope
            {
                Id = id,
                Filter = filter,
                Path = path,
                Sender = sender,
                RemainingMilliseconds = remaining,
                ContentType = contentType,
                Payload = payload,
                TraceParent = trace,
                Change = change,
            });
        }

        return 10;
    }

    private static SessionChange ReadChange(ref MessagePackReader reader)
    {
        var fields = reader.ReadArrayHeader();
        Demand(fields, 4, "change of sessions");
        var properties = ReadValues(ref reader);
        var removed = ReadList(ref reader, static (ref MessagePackReader role) => ReadText(ref role, "role"));
        var added = ReadList(ref reader, static (ref MessagePackReader role) => ReadText(ref role, "role"));
        var change = new SessionChange(properties, removed, added, reader.ReadBoolean()) { Closes = fields > 4 && reader.ReadBoolean() };
        for (var read = 5; read < fields; read++)
            Skip(ref reader, 0);
        return change;
    }

    private static int ReadFilterCount(ref MessagePackReader reader, int fields, IFrameSink sink)
    {
        Demand(fields, 7, "filter count");
        var id = reader.ReadInt64();
        var gateway = reader.ReadUInt64();
        var bytes = ReadBytes(ref reader).Span;
        if (bytes.Length % sizeof(ulong) != 0)
            throw new FrameException(FrameDefect.Malformed, "The session ids of a count do not have 8 bytes each.");
        var sessions = new ulong[bytes.Length / sizeof(ulong)];
        for (var i = 0; i < sessions.Length; i++)
            sessions[i] = BinaryPrimitives.ReadUInt64BigEndian(bytes[(i * sizeof(ulong))..]);
        var hasAnswers = reader.ReadBoolean();
        ErrorReason? error = reader.TryReadNil() ? null : (ErrorReason)reader.ReadInt32();
        sink.OnMessage(new FilterCount(id, gateway, sessions, hasAnswers, error, reader.ReadString()));
        return 7;
    }

    private static int ReadSessionResponse(ref MessagePackReader reader, int fields, IFrameSink sink)
    {
        Demand(fields, 5, "session's response");
        var id = reader.ReadInt64();
        var session = ReadSession(ref reader);
        var contentType = ReadContentType(ref reader);
        sink.OnResponse(new ResponseEnvelope { Id = id, Session = session, ContentType = contentType, Payload = ReadBytes(ref reader) });
        return 5;
    }

    private static int ReadSessionError(ref MessagePackReader reader, int fields, IFrameSink sink)
    {
        Demand(fields, 5, "session's error");
        var id = reader.ReadInt64();
        var session = ReadSession(ref reader);
        var reason = (ErrorReason)reader.ReadInt32();
        sink.OnResponse(ResponseEnvelope.Failed(id, reason, reader.ReadString() ?? string.Empty) with { Session = session });
        return 5;
    }

    private static int ReadCredit(ref MessagePackReader reader, int fields, IFrameSink sink)
    {
        Demand(fields, 4, "credit");
        var id = reader.ReadInt64();
        var answers = reader.ReadInt32();
        var asks = reader.ReadBoolean();
        if (answers < 0)
            throw new FrameException(FrameDefect.Malformed, $"A credit of {answers} answers.");
        sink.OnMessage(new CreditMessage(id, answers, asks));
        return 4;
    }

    private static int ReadListen(ref MessagePackReader reader, int fields, IFrameSink sink)
    {
        Demand(fields, 2, "listen");
        sink.OnMessage(new ListenMessage(reader.ReadBoolean()));
        return 2;
    }

    private static int ReadSessionEvent(ref MessagePackReader reader, int fields, IFrameSink sink)
    {
        Demand(fields, 5, "session event");
        var kind = reader.ReadInt32();
        var what = new SessionEvent
        {
            Kind = (SessionEventKind)kind,
            Session = ReadSession(ref reader),
            Properties = ReadProperties(ref reader) ?? [],
            CloseReason = (SessionCloseReason)reader.ReadInt32(),
        };
        if (Enum.IsDefined(what.Kind))
            sink.OnMessage(what);
        else
            sink.OnUnknown((FrameFormat.SessionEvent * 1000) + kind);
        return 5;
    }

    private static Dictionary<string, string?> ReadValues(ref MessagePackReader reader)
    {
        var count = reader.ReadMapHeader();
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var key = ReadText(ref reader, "property key");
            values[key] = reader.ReadString();
        }

        return values;
    }

    private static int ReadPresence(ref MessagePackReader reader, int fields, IFrameSink sink)
    {
        Demand(fields, 12, "presence");
        var kind = reader.ReadInt32();
        var message = new PresenceMessage
        {
            Kind = (PresenceKind)kind,
            Instance = reader.ReadUInt64(),
            Name = ReadText(ref reader, "gateway name"),
            Address = ReadText(ref reader, "gateway address"),
            Version = reader.ReadInt64(),
            BaseVersion = reader.ReadInt64(),
            HeartbeatMilliseconds = reader.ReadInt32(),
            Added = ReadList(ref reader, ReadBranch),
            Withdrawn = ReadList(ref reader, ReadPath),
            Known = ReadList(ref reader, ReadKnown),
            Headers = reader.TryReadNil() ? null : ReadList(ref reader, static (ref MessagePackReader header) => ReadText(ref header, "header")),
        };
        if (Enum.IsDefined(message.Kind))
            sink.OnMessage(message);
        else
            sink.OnUnknown((FrameFormat.Presence * 1000) + kind);
        return 12;
    }

    private static int Unknown(int type, IFrameSink sink)
    {
        sink.OnUnknown(type);
        return 1;
    }

    private static BranchAnnouncement ReadBranch(ref MessagePackReader reader)
    {
        var fields = reader.ReadArrayHeader();
        Demand(fields, 3, "branch");
        var path = ReadPath(ref reader);
        var keys = ReadPropertyKeys(ref reader);
        var redelivery = reader.ReadBoolean();
        var service = fields > 3 ? ReadService(ref reader) : null;
        for (var read = 4; read < fields; read++)
            Skip(ref reader, 0);
        return new BranchAnnouncement(path, keys, redelivery, service);
    }

    private static ServiceAnnouncement? ReadService(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
            return null;
        var fields = reader.ReadArrayHeader();
        Demand(fields, 9, "service");
        var route = new ServiceRoute
        {
            Exchange = ReadText(ref reader, "service's exchange"),
            RoutingKey = ReadText(ref reader, "service's routing key"),
            ContentType = reader.ReadString(),
            TimeLimit = reader.ReadInt32(),
            ErrorHeader = reader.ReadString(),
            ErrorProperty = reader.ReadString(),
        };
        var status = new ServiceStatus((ServiceState)reader.ReadInt32(), reader.TryReadNil() ? null : reader.ReadInt32(), reader.ReadString());
        // Gateways that do not tell have them wait.
        route = route with { WaitsForConsumers = fields < 10 || reader.ReadBoolean() };
        var isClaim = fields > 10 && reader.ReadBoolean();
        var isFound = fields > 11 && reader.ReadBoolean();
        for (var read = 12; read < fields; read++)
            Skip(ref reader, 0);
        return new ServiceAnnouncement(route, status, isClaim, isFound);
    }

    private static KnownGateway ReadKnown(ref MessagePackReader reader)
    {
        var fields = reader.ReadArrayHeader();
        Demand(fields, 3, "known gateway");
        var known = new KnownGateway(reader.ReadUInt64(), ReadText(ref reader, "gateway name"), ReadText(ref reader, "gateway address"));
        for (var read = 3; read < fields; read++)
            Skip(ref reader, 0);
        return known;
    }

    private static MessagePath ReadPath(ref MessagePackReader reader)
    {
        var text = reader.ReadString();
        if (text is { Length: 0 })
            return MessagePath.Root;
        return MessagePath.TryParse(text, out var path, out var problem) ? path : throw new FrameException(FrameDefect.Malformed, problem);
    }

    private static T[] ReadList<T>(ref MessagePackReader reader, ReadItem<T> read)
    {
        // ReadArrayHeader refuses a count for which the frame has not enough bytes, so the array below is no larger than the frame.
        var items = new T[reader.ReadArrayHeader()];
        for (var i = 0; i < items.Length; i++)
            items[i] = read(ref reader);
        return items;
    }

    private static SessionId ReadSession(ref MessagePackReader reader)
    {
        if (reader.ReadBytes() is not { Length: SessionIdBytes } bytes)
            throw new FrameException(FrameDefect.Malformed, "A session id does not have 16 bytes.");
        Span<byte> id = stackalloc byte[SessionIdBytes];
        bytes.CopyTo(id);
        return new SessionId(BinaryPrimitives.ReadUInt64BigEndian(id), BinaryPrimitives.ReadUInt64BigEndian(id[sizeof(ulong)..]));
    }

    private static string ReadContentType(ref MessagePackReader reader)
    {
        if (reader.NextMessagePackType != MessagePackType.Integer)
            return ReadText(ref reader, "content type");
        var code = reader.ReadInt32();
        return FrameFormat.ContentTypeOf(code) ?? throw new FrameException(FrameDefect.Malformed, $"Content type {code} is not known.");
    }

    private static ReadOnlyMemory<byte> ReadBytes(ref MessagePackReader reader) =>
        reader.ReadBytes() is { } bytes ? bytes.IsSingleSegment ? bytes.First : bytes.ToArray()
            : throw new FrameException(FrameDefect.Malformed, "A payload is missing.");

    private static Dictionary<string, string>? ReadProperties(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
            return null;
        var count = reader.ReadMapHeader();
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var key = ReadText(ref reader, "property key");
            properties[key] = ReadText(ref reader, "property value");
        }

        return properties;
    }

    private static string[] ReadPropertyKeys(ref MessagePackReader reader) =>
        ReadList(ref reader, static (ref MessagePackReader key) => ReadText(ref key, "property key"));

    private static string ReadText(ref MessagePackReader reader, string what) =>
        reader.ReadString() ?? throw new FrameException(FrameDefect.Malformed, $"A {what} is missing.");

    private static void Demand(int fields, int needed, string what)
    {
        if (fields < needed)
            throw new FrameException(FrameDefect.Malformed, $"A {what} has {fields} fields where {needed} are needed.");
    }

    // MessagePackReader.Skip recurses without a limit of its own.
    private static void Skip(ref MessagePackReader reader, int depth)
    {
        if (depth > MaxDepth)
            throw new FrameException(FrameDefect.Malformed, $"Values nest deeper than {MaxDepth}.");
        var items = reader.NextMessagePackType switch
        {
            MessagePackType.Array => reader.ReadArrayHeader(),
            MessagePackType.Map => 2 * reader.ReadMapHeader(),
            _ => -1,
        };
        if (items < 0)
            reader.Skip();
        for (var i = 0; i < items; i++)
            Skip(ref reader, depth + 1);
    }

    private delegate T ReadItem<T>(ref MessagePackReader reader);
}
