using System.Buffers;
using MessagePack;

namespace RabbitBridge.Remote;

/// <summary>Writes messages as docs/remote-protocol.md tells.</summary>
internal static class RemoteWriter
{
    public static void WriteHeader(IBufferWriter<byte> to, long number, long acknowledged)
    {
        var writer = new MessagePackWriter(to);
        writer.WriteArrayHeader(2);
        writer.Write(number);
        writer.Write(acknowledged);
        writer.Flush();
    }

    public static void Write(IBufferWriter<byte> to, RemoteMessage message)
    {
        var writer = new MessagePackWriter(to);
        switch (message.Type)
        {
            case RemoteMessageType.Request:
                Begin(ref writer, message, 8);
                writer.Write(message.Path);
                Write(ref writer, message.Session);
                Write(ref writer, message.Milliseconds);
                WriteContent(ref writer, message);
                writer.Write(message.TraceParent);
                break;
            case RemoteMessageType.FilterRequest:
                Begin(ref writer, message, 8);
                writer.Write(message.Filter);
                writer.Write(message.Path);
                Write(ref writer, message.Milliseconds);
                WriteContent(ref writer, message);
                writer.Write(message.TraceParent);
                break;
            case RemoteMessageType.Cancel or RemoteMessageType.RemoveListener or RemoteMessageType.Routes or RemoteMessageType.Services:
                Begin(ref writer, message, 2);
                break;
            case RemoteMessageType.Response:
                Begin(ref writer, message, 4);
                WriteContent(ref writer, message);
                break;
            case RemoteMessageType.Error:
                Begin(ref writer, message, 4);
                writer.Write(message.Reason);
                writer.Write(message.Text);
                break;
            case RemoteMessageType.FilterAnswer:
                Begin(ref writer, message, 5);
                Write(ref writer, message.Session);
                WriteContent(ref writer, message);
                break;
            case RemoteMessageType.FilterError:
                Begin(ref writer, message, 5);
                Write(ref writer, message.Session);
                writer.Write(message.Reason);
                writer.Write(message.Text);
                break;
            case RemoteMessageType.FilterCount or RemoteMessageType.Credit:
                Begin(ref writer, message, 3);
                writer.Write(message.Count);
                break;
            case RemoteMessageType.AddHandler:
                Begin(ref writer, message, 5);
                writer.Write(message.Path);
                Write(ref writer, message.Names);
                writer.Write(message.Redelivery);
                break;
            case RemoteMessageType.ProjectSend:
                Begin(ref writer, message, 4);
                writer.Write(message.Text);
                writer.Write(message.Payload.Span);
                break;
            case RemoteMessageType.ProjectMessage:
                BeginWithoutId(ref writer, message, 3);
                writer.Write(message.Text);
                writer.Write(message.Payload.Span);
                break;
            case RemoteMessageType.AddMessageHandler or RemoteMessageType.RemoveMessageHandler or RemoteMessageType.AddService or RemoteMessageType.RemoveService:
                Begin(ref writer, message, 3);
                writer.Write(message.Text);
                break;
            case RemoteMessageType.RemoveHandler:
                Begin(ref writer, message, 3);
                writer.Write(message.Path);
                break;
            case RemoteMessageType.Delivery:
                Begin(ref writer, message, 10);
                writer.Write(message.Path);
                writer.Write(message.Branch);
                Write(ref writer, message.Session);
                Write(ref writer, message.Properties);
                Write(ref writer, message.Milliseconds);
                WriteContent(ref writer, message);
                writer.Write(message.TraceParent);
                break;
            case RemoteMessageType.SetProperties:
                Begin(ref writer, message, 5);
                Write(ref writer, message.Session);
                writer.Write(message.Filter);
                Write(ref writer, message.Values);
                break;
            case RemoteMessageType.ChangeRoles:
                Begin(ref writer, message, 6);
                Write(ref writer, message.Session);
                writer.Write(message.Filter);
                Write(ref writer, message.Names);
                Write(ref writer, message.AddedRoles);
                break;
            case RemoteMessageType.CloseSessions:
                Begin(ref writer, message, 4);
                Write(ref writer, message.Session);
                writer.Write(message.Filter);
                break;
            case RemoteMessageType.AddListener:
                Begin(ref writer, message, 4);
                writer.Write(message.Filter);
                Write(ref writer, message.Names);
                break;
            case RemoteMessageType.SessionEvent:
                Begin(ref writer, message, 7);
                Write(ref writer, message.Session);
                writer.Write(message.Count);
                Write(ref writer, message.Properties);
                Write(ref writer, message.Values);
                writer.Write(message.Reason);
                break;
            case RemoteMessageType.Properties:
                BeginWithoutId(ref writer, message, 2);
                Write(ref writer, message.Properties);
                break;
            case RemoteMessageType.Closed:
                BeginWithoutId(ref writer, message, 3);
                writer.Write(message.Reason);
                writer.Write(message.Text);
                break;
            case RemoteMessageType.Leave:
                BeginWithoutId(ref writer, message, 2);
                writer.Write(message.Count);
                break;
            case RemoteMessageType.Close:
                BeginWithoutId(ref writer, message, 1);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(message), message.Type, "There is no such message.");
        }

        writer.Flush();
    }

    private static void Begin(ref MessagePackWriter writer, RemoteMessage message, int elements)
    {
        BeginWithoutId(ref writer, message, elements);
        writer.Write(message.Id);
    }

    private static void BeginWithoutId(ref MessagePackWriter writer, RemoteMessage message, int elements)
    {
        writer.WriteArrayHeader(elements);
        writer.Write((int)message.Type);
    }

    private static void WriteContent(ref MessagePackWriter writer, RemoteMessage message)
    {
        writer.Write(message.ContentType);
        if (message.ContentType is null)
            writer.WriteNil();
        else
            writer.Write(message.Payload.Span);
    }

    private static void Write(ref MessagePackWriter writer, SessionId? session) => writer.Write(session?.ToString());

    private static void Write(ref MessagePackWriter writer, int? number)
    {
        if (number is { } value)
            writer.Write(value);
        else
            writer.WriteNil();
    }

    private static void Write(ref MessagePackWriter writer, IReadOnlyList<string> names)
    {
        writer.WriteArrayHeader(names.Count);
        foreach (var name in names)
            writer.Write(name);
    }

    private static void Write<TValue>(ref MessagePackWriter writer, IReadOnlyDictionary<string, TValue>? values)
        where TValue : class?
    {
        if (values is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteMapHeader(values.Count);
        foreach (var (key, value) in values)
        {
            writer.Write(key);
            writer.Write(value as string);
        }
    }
}
