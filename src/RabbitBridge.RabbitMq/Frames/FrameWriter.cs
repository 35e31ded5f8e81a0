using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MessagePack;
using RabbitBridge.Fabric;

namespace RabbitBridge.RabbitMq.Frames;

/// <summary>Writes messages into frames. The order of the fields is the wire contract's.</summary>
internal static class FrameWriter
{
    private const int SessionIdBytes = 16;

    /// <summary>Begins a frame that tells when it was sent, which <see cref="Send"/> fills in.</summary>
    public static void Begin(FrameBuffer frame, long now)
    {
        var writer = Begin(frame);
        writer.WriteArrayHeader(3);
        writer.Write(FrameFormat.Sent);
        writer.Flush();
        (frame.BeganAt, frame.SentPosition) = (now, frame.Bytes.Length);
        writer.WriteInt64(0);
        writer.WriteInt32(0);
        writer.Flush();
    }

    /// <summary>Notes that the frame is sent now.</summary>
    public static void Send(FrameBuffer frame, long now)
    {
        // Each stands behind the code of its type, of which the long forms were taken.
        var bytes = MemoryMarshal.AsMemory(frame.Bytes).Span[frame.SentPosition..];
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], now);
        BinaryPrimitives.WriteInt32BigEndian(bytes[(2 + sizeof(long))..], (int)Math.Min(now - frame.BeganAt, int.MaxValue));
    }

    public static void Write(FrameBuffer frame, in RequestEnvelope request)
    {
        var writer = Begin(frame);
        if (request.Filter is not null)
        {
            WriteFilterRequest(ref writer, request);
            End(frame, ref writer);
            return;
        }

        writer.WriteArrayHeader(request.AskedBeside is null ? 12 : 13);
        writer.Write(FrameFormat.Request);
        writer.Write(request.Id);
        writer.Write(request.Path.Value);
        if (request.Target is { } target)
            WriteSession(ref writer, target);
        else
            writer.WriteNil();
        WriteSession(ref writer, request.Sender);
        writer.Write(request.RemainingMilliseconds);
        writer.Write(request.Depth);
        writer.Write(request.Hops);
        WriteContentType(ref writer, request.ContentType);
        writer.Write(request.Payload.Span);
        WriteProperties(ref writer, request.Properties);
        writer.Write(request.TraceParent);
        if (request.AskedBeside is { } beside)
        {
            writer.WriteArrayHeader(beside.Count);
            foreach (var key in beside)
                writer.Write(key);
        }

        End(frame, ref writer);
    }

    public static void Write(FrameBuffer frame, in ResponseEnvelope response)
    {
        var writer = Begin(frame);
        writer.WriteArrayHeader(response.Session is null ? 4 : 5);
        if (response.Error is { } error)
        {
            writer.Write(response.Session is null ? FrameFormat.Error : FrameFormat.SessionError);
            writer.Write(response.Id);
            if (response.Session is { } session)
                WriteSession(ref writer, session);
            writer.Write((int)error);
            writer.Write(response.ErrorMessage);
        }
        else
        {
            writer.Write(response.Session is null ? FrameFormat.Response : FrameFormat.SessionResponse);
            writer.Write(response.Id);
            if (response.Session is { } session)
                WriteSession(ref writer, session);
            WriteContentType(ref writer, response.ContentType);
            writer.Write(response.Payload.Span);
        }

        frame.Responses++;
        End(frame, ref writer);
    }

    public static void Write(FrameBuffer frame, LinkMessage message)
    {
        var writer = Begin(frame);
        switch (message)
        {
            case CancelMessage cancel:
                WriteId(ref writer, FrameFormat.Cancel, cancel.Id);
                break;
            case InquiryMessage inquiry:
                WriteId(ref writer, FrameFormat.Inquiry, inquiry.Id);
                break;
            case CreditMessage credit:
                writer.WriteArrayHeader(4);
                writer.Write(FrameFormat.Credit);
                writer.Write(credit.Id);
                writer.Write(credit.Answers);
                writer.Write(credit.Asks);
                break;
            case ListenMessage listen:
                writer.WriteArrayHeader(2);
                writer.Write(FrameFormat.Listen);
                writer.Write(listen.IsOn);
                break;
            case FilterCount count:
                WriteCount(ref writer, count);
                break;
            case SessionEvent what:
                WriteSessionEvent(ref writer, what);
                break;
            case PresenceMessage presence:
                WritePresence(ref writer, presence);
                break;
            default:
                throw new InvalidOperationException($"A {message.TypeName} has no place in the native plane.");
        }

        End(frame, ref writer);
    }

    private static void WriteId(ref MessagePackWriter writer, int type, long id)
    {
        writer.WriteArrayHeader(2);
        writer.Write(type);
        writer.Write(id);
    }

    private static void WriteCount(ref MessagePackWriter writer, FilterCount count)
    {
        writer.WriteArrayHeader(7);
        writer.Write(FrameFormat.FilterCount);
        writer.Write(count.Id);
        writer.Write(count.Gateway);
        writer.WriteBinHeader(count.Sessions.Count * sizeof(ulong));
        foreach (var session in count.Sessions)
        {
            BinaryPrimitives.WriteUInt64BigEndian(writer.GetSpan(sizeof(ulong)), session);
            writer.Advance(sizeof(ulong));
        }

        writer.Write(count.HasAnswers);
        if (count.Error is { } error)
            writer.Write((int)error);
        else
            writer.WriteNil();
        writer.Write(count.ErrorMessage);
    }

    private static void WriteSessionEvent(ref MessagePackWriter writer, SessionEvent what)
    {
        writer.WriteArrayHeader(5);
        writer.Write(FrameFormat.SessionEvent);
        writer.Write((int)what.Kind);
        WriteSession(ref writer, what.Session);
        WriteProperties(ref writer, what.Properties);
        writer.Write((int)what.CloseReason);
    }

    private static void WritePresence(ref MessagePackWriter writer, PresenceMessage message)
    {
        writer.WriteArrayHeader(12);
        writer.Write(FrameFormat.Presence);
        writer.Write((int)message.Kind);
        writer.Write(message.Instance);
        writer.Write(message.Name);
        writer.Write(message.Address);
        writer.Write(message.Version);
        writer.Write(message.BaseVersion);
        writer.Write(message.HeartbeatMilliseconds);
        writer.WriteArrayHeader(message.Added.Count);
        foreach (var branch in message.Added)
        {
            writer.WriteArrayHeader(branch.Service is null ? 3 : 4);
            writer.Write(branch.Path.Value);
            writer.WriteArrayHeader(branch.Properties.Count);
            foreach (var key in branch.Properties)
                writer.Write(key);
            writer.Write(branch.Redelivery);
            if (branch.Service is { } service)
                WriteService(ref writer, service);
        }

        writer.WriteArrayHeader(message.Withdrawn.Count);
        foreach (var path in message.Withdrawn)
            writer.Write(path.Value);
        writer.WriteArrayHeader(message.Known.Count);
        foreach (var known in message.Known)
        {
            writer.WriteArrayHeader(3);
            writer.Write(known.Instance);
            writer.Write(known.Name);
            writer.Write(known.Address);
        }

        if (message.Headers is { } headers)
        {
            writer.WriteArrayHeader(headers.Count);
            foreach (var header in headers)
                writer.Write(header);
        }
        else
        {
            writer.WriteNil();
        }
    }

    private static void WriteService(ref MessagePackWriter writer, ServiceAnnouncement service)
    {
        writer.WriteArrayHeader(12);
        writer.Write(service.Route.Exchange);
        writer.Write(service.Route.RoutingKey);
        writer.Write(service.Route.ContentType);
        writer.Write(service.Route.TimeLimit);
        writer.Write(service.Route.ErrorHeader);
        writer.Write(service.Route.ErrorProperty);
        writer.Write((int)service.Status.State);
        if (service.Status.Consumers is { } consumers)
            writer.Write(consumers);
        else
            writer.WriteNil();
        writer.Write(service.Status.Problem);
        writer.Write(service.Route.WaitsForConsumers);
        writer.Write(service.IsClaim);
        writer.Write(service.IsFound);
    }

    private static void WriteFilterRequest(ref MessagePackWriter writer, in RequestEnvelope request)
    {
        writer.WriteArrayHeader(10);
        writer.Write(FrameFormat.FilterRequest);
        writer.Write(request.Id);
        writer.Write(request.Filter);
        writer.Write(request.Path.Value);
        WriteSession(ref writer, request.Sender);
        writer.Write(request.RemainingMilliseconds);
        WriteContentType(ref writer, request.ContentType);
        writer.Write(request.Payload.Span);
        writer.Write(request.TraceParent);
        if (request.Change is { } change)
            WriteChange(ref writer, change);
        else
            writer.WriteNil();
    }

    private static void WriteChange(ref MessagePackWriter writer, SessionChange change)
    {
        writer.WriteArrayHeader(5);
        WriteValues(ref writer, change.Properties);
        foreach (var roles in new[] { change.RemovedRoles, change.AddedRoles })
        {
            writer.WriteArrayHeader(roles.Count);
            foreach (var role in roles)
                writer.Write(role);
        }

        writer.Write(change.WantsPrevious);
        writer.Write(change.Closes);
    }

    private static void WriteValues(ref MessagePackWriter writer, IReadOnlyDictionary<string, string?> values)
    {
        writer.WriteMapHeader(values.Count);
        foreach (var (key, value) in values)
        {
            writer.Write(key);
            writer.Write(value);
        }
    }

    private static MessagePackWriter Begin(FrameBuffer frame)
    {
        var writer = new MessagePackWriter(frame.Writer);
        if (frame.Bytes.IsEmpty)
            writer.Write(FrameFormat.Version);
        return writer;
    }

    private static void End(FrameBuffer frame, ref MessagePackWriter writer)
    {
        writer.Flush();
        frame.Items++;
    }

    private static void WriteSession(ref MessagePackWriter writer, SessionId id)
    {
        writer.WriteBinHeader(SessionIdBytes);
        var bytes = writer.GetSpan(SessionIdBytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, id.Gateway);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[sizeof(ulong)..], id.Session);
        writer.Advance(SessionIdBytes);
    }

    private static void WriteContentType(ref MessagePackWriter writer, string contentType)
    {
        var code = FrameFormat.CodeOf(contentType);
        if (code >= 0)
            writer.Write(code);
        else
            writer.Write(contentType);
    }

    private static void WriteProperties(ref MessagePackWriter writer, IReadOnlyDictionary<string, string>? properties)
    {
        if (properties is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteMapHeader(properties.Count);
        foreach (var (key, value) in properties)
        {
            writer.Write(key);
            writer.Write(value);
        }
    }
}
