using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using MessagePack;

namespace RabbitBridge.Remote;

/// <summary>Reads messages as docs/remote-protocol.md tells. Payloads are parts of the frame, not copies, unless the frame is large and the payload is not.</summary>
internal static class RemoteReader
{
    private const int MaxEntries = 10_000;
    private const int LargeFrame = 256 * 1024;

    private static readonly string[] Known = [ContentTypes.Binary, ContentTypes.Json, ContentTypes.Text, ContentTypes.MessagePack];

    /// <summary>Reads what a frame begins with.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="number">Its number.</param>
    /// <param name="acknowledged">The last frame of this side's that the other one has.</param>
    /// <returns>Its messages, for <see cref="Next"/>.</returns>
    /// <exception cref="RemoteProtocolException">It is no frame.</exception>
    public static ReadOnlyMemory<byte> ReadHeader(ReadOnlyMemory<byte> frame, out long number, out long acknowledged)
    {
        try
        {
            var reader = new MessagePackReader(frame);
            var elements = Demand(reader.ReadArrayHeader(), 2, "frame header");
            number = reader.ReadInt64();
            acknowledged = reader.ReadInt64();
            Skip(ref reader, elements - 2);
            return frame[(int)reader.Consumed..];
        }
        catch (Exception exception) when (IsMalformed(exception))
        {
            throw Unreadable(exception);
        }
    }

    /// <summary>
    /// Reads the next message. One at a time: a message of two bytes becomes an object of two hundred, and a frame may be full of them.
    /// </summary>
    /// <param name="messages">The messages that are left; those behind this one afterwards.</param>
    /// <returns>The message; <see langword="null"/> for one of an unknown type.</returns>
    /// <exception cref="RemoteProtocolException">It is no message.</exception>
    public static RemoteMessage? Next(ref ReadOnlyMemory<byte> messages)
    {
        try
        {
            var reader = new MessagePackReader(messages);
            var message = ReadMessage(ref reader);
            messages = messages[(int)reader.Consumed..];
            return message;
        }
        catch (Exception exception) when (IsMalformed(exception))
        {
            throw Unreadable(exception);
        }
    }

    private static bool IsMalformed(Exception exception) => exception
        is MessagePackSerializationException or EndOfStreamException or OverflowException or FormatException or ArgumentOutOfRangeException or InsufficientExecutionStackException;

    private static RemoteProtocolException Unreadable(Exception exception) => new($"A frame cannot be read: {exception.Message}", exception);

    private static RemoteMessage? ReadMessage(ref MessagePackReader reader)
    {
        var elements = Demand(reader.ReadArrayHeader(), 1, "message");
        var type = (RemoteMessageType)reader.ReadInt32();
        if (!Enum.IsDefined(type))
        {
            Skip(ref reader, elements - 1);
            return null;
        }

        var needed = Elements(type);
        Demand(elements, needed, type.ToString());
        var message = ReadKnown(ref reader, type);
        Skip(ref reader, elements - needed);
        return message;
    }

    private static int Elements(RemoteMessageType type) => type switch
    {
        RemoteMessageType.Close => 1,
        RemoteMessageType.Cancel or RemoteMessageType.RemoveListener or RemoteMessageType.Routes or RemoteMessageType.Services or RemoteMessageType.Properties or RemoteMessageType.Leave => 2,
        RemoteMessageType.AddMessageHandler or RemoteMessageType.RemoveMessageHandler or RemoteMessageType.ProjectMessage => 3,
        RemoteMessageType.AddService or RemoteMessageType.RemoveService => 3,
        RemoteMessageType.FilterCount or RemoteMessageType.Credit or RemoteMessageType.RemoveHandler or RemoteMessageType.Closed => 3,
        RemoteMessageType.ProjectSend or RemoteMessageType.Response or RemoteMessageType.Error or RemoteMessageType.AddListener or RemoteMessageType.CloseSessions => 4,
        RemoteMessageType.FilterAnswer or RemoteMessageType.FilterError or RemoteMessageType.AddHandler or RemoteMessageType.SetProperties => 5,
        RemoteMessageType.ChangeRoles => 6,
        RemoteMessageType.SessionEvent => 7,
        RemoteMessageType.Request or RemoteMessageType.FilterRequest => 8,
        _ => 10,
    };

    // The initialisers run in the order in which they are written, which is that of the elements.
    private static RemoteMessage ReadKnown(ref MessagePackReader reader, RemoteMessageType type) => type switch
    {
        RemoteMessageType.Request => new(type, reader.ReadInt64())
        {
            Path = ReadText(ref reader),
            Session = ReadSession(ref reader),
            Milliseconds = ReadNumber(ref reader),
            ContentType = ReadContentType(ref reader),
            Payload = ReadPayload(ref reader),
            TraceParent = reader.ReadString(),
        },
        RemoteMessageType.FilterRequest => new(type, reader.ReadInt64())
        {
            Filter = ReadText(ref reader),
            Path = ReadText(ref reader),
            Milliseconds = ReadNumber(ref reader),
            ContentType = ReadContentType(ref reader),
            Payload = ReadPayload(ref reader),
            TraceParent = reader.ReadString(),
        },
        RemoteMessageType.Response => new(type, reader.ReadInt64()) { ContentType = ReadContentType(ref reader), Payload = ReadPayload(ref reader) },
        RemoteMessageType.Error => new(type, reader.ReadInt64()) { Reason = reader.ReadInt32(), Text = ReadText(ref reader) },
        RemoteMessageType.FilterAnswer => new(type, reader.ReadInt64())
        {
            Session = ReadSession(ref reader),
            ContentType = ReadContentType(ref reader),
            Payload = ReadPayload(ref reader),
        },
        RemoteMessageType.FilterError => new(type, reader.ReadInt64())
        {
            Session = ReadSession(ref reader),
            Reason = reader.ReadInt32(),
            Text = ReadText(ref reader),
        },
        RemoteMessageType.FilterCount or RemoteMessageType.Credit => new(type, reader.ReadInt64()) { Count = reader.ReadInt32() },
        RemoteMessageType.AddHandler => new(type, reader.ReadInt64())
        {
            Path = ReadText(ref reader),
            Names = ReadNames(ref reader),
            Redelivery = reader.ReadBoolean(),
        },
        RemoteMessageType.ProjectSend => new(type, reader.ReadInt64()) { Text = ReadText(ref reader), Payload = ReadPayload(ref reader) },
        RemoteMessageType.ProjectMessage => new(type) { Text = ReadText(ref reader), Payload = ReadPayload(ref reader) },
        RemoteMessageType.AddMessageHandler or RemoteMessageType.RemoveMessageHandler or RemoteMessageType.AddService or RemoteMessageType.RemoveService =>
            new(type, reader.ReadInt64()) { Text = ReadText(ref reader) },
        RemoteMessageType.RemoveHandler => new(type, reader.ReadInt64()) { Path = ReadText(ref reader) },
        RemoteMessageType.Delivery => new(type, reader.ReadInt64())
        {
            Path = ReadText(ref reader),
            Branch = reader.ReadString(),
            Session = ReadSession(ref reader),
            Properties = ReadProperties(ref reader),
            Milliseconds = ReadNumber(ref reader),
            ContentType = ReadContentType(ref reader),
            Payload = ReadPayload(ref reader),
            TraceParent = reader.ReadString(),
        },
        RemoteMessageType.SetProperties => new(type, reader.ReadInt64())
        {
            Session = ReadSession(ref reader),
            Filter = reader.ReadString(),
            Values = ReadValues(ref reader),
        },
        RemoteMessageType.ChangeRoles => new(type, reader.ReadInt64())
        {
            Session = ReadSession(ref reader),
            Filter = reader.ReadString(),
            Names = ReadNames(ref reader),
            AddedRoles = ReadNames(ref reader),
        },
        RemoteMessageType.CloseSessions => new(type, reader.ReadInt64()) { Session = ReadSession(ref reader), Filter = reader.ReadString() },
        RemoteMessageType.AddListener => new(type, reader.ReadInt64()) { Filter = ReadText(ref reader), Names = ReadNames(ref reader) },
        RemoteMessageType.SessionEvent => new(type, reader.ReadInt64())
        {
            Session = ReadSession(ref reader),
            Count = reader.ReadInt32(),
            Properties = ReadProperties(ref reader),
            Values = ReadValues(ref reader),
            Reason = reader.ReadInt32(),
        },
        RemoteMessageType.Properties => new(type) { Properties = ReadProperties(ref reader) },
        RemoteMessageType.Closed => new(type) { Reason = reader.ReadInt32(), Text = ReadText(ref reader) },
        RemoteMessageType.Leave => new(type) { Count = reader.ReadInt32() },
        RemoteMessageType.Close => new(type),
        _ => new(type, reader.ReadInt64()),
    };

    private static int Demand(int elements, int least, string what) => elements >= least
        ? elements
        : throw new RemoteProtocolException($"A {what} has {elements} elements instead of {least}.");

    // Each entry may be one byte in the frame, and takes many in memory.
    private static int DemandFew(int entries) => entries <= MaxEntries
        ? entries
        : throw new RemoteProtocolException($"A list or a map has {entries} entries; {MaxEntries} are allowed.");

    private static void Skip(ref MessagePackReader reader, int elements)
    {
        while (elements-- > 0)
            reader.Skip();
    }

    private static string ReadText(ref MessagePackReader reader) =>
        reader.ReadString() ?? throw new RemoteProtocolException("A text is missing.");

    private static SessionId? ReadSession(ref MessagePackReader reader) => reader.ReadString() is { } text ? SessionId.Parse(text) : null;

    // Nearly all payloads are of a type that everybody knows: no string of its own for each.
    private static string? ReadContentType(ref MessagePackReader reader)
    {
        var ahead = reader.CreatePeekReader();
        if (ahead.TryReadStringSpan(out var utf8))
        {
            foreach (var known in Known)
            {
                if (Ascii.Equals(utf8, known))
                {
                    reader = ahead;
                    return known;
                }
            }
        }

        return reader.ReadString();
    }

    private static int? ReadNumber(ref MessagePackReader reader) => reader.TryReadNil() ? null : reader.ReadInt32();

    private static ReadOnlyMemory<byte> ReadPayload(ref MessagePackReader reader)
    {
        if (reader.ReadBytes() is not { } bytes)
            return default;
        return bytes.IsSingleSegment && !KeepsMore(bytes.First) ? bytes.First : bytes.ToArray();
    }

    // Whether whoever kept the payload would keep a frame of which it is the smaller part: what is charged for it is its own size.
    private static bool KeepsMore(ReadOnlyMemory<byte> payload) =>
        MemoryMarshal.TryGetArray(payload, out var frame) && frame.Array!.Length >= LargeFrame && payload.Length < frame.Array.Length / 2;

    private static List<string> ReadNames(ref MessagePackReader reader)
    {
        var count = DemandFew(reader.ReadArrayHeader());
        var names = new List<string>(count);
        while (count-- > 0)
            names.Add(ReadText(ref reader));
        return names;
    }

    private static Dictionary<string, string>? ReadProperties(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
            return null;
        var count = DemandFew(reader.ReadMapHeader());
        var properties = new Dictionary<string, string>(count, StringComparer.Ordinal);
        while (count-- > 0)
            properties[ReadText(ref reader)] = ReadText(ref reader);
        return properties;
    }

    private static Dictionary<string, string?>? ReadValues(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
            return null;
        var count = DemandFew(reader.ReadMapHeader());
        var values = new Dictionary<string, string?>(count, StringComparer.Ordinal);
        while (count-- > 0)
            values[ReadText(ref reader)] = reader.ReadString();
        return values;
    }
}
