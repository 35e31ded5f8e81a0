using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.PublicPlane;

/// <summary>A project message of a plain client, for this gateway and its sessions.</summary>
internal static class PublicProjectMessage
{
    /// <summary>The routing key that reaches every gateway.</summary>
    public const string EveryGateway = "*";

    private static readonly string[] TextHeaders =
        [PublicHeaders.Project, PublicHeaders.MessageHandler, PublicHeaders.Scope, PublicHeaders.Session, PublicHeaders.User, PublicHeaders.Role, PublicHeaders.Host];

    /// <summary>The AMQP type of a message that wants the gateway handler's answer.</summary>
    private const string Request = "request";

    /// <returns>Whether it could be read.</returns>
    public static bool TryReceive(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, PublicContext context)
    {
        var epoch = context.Epoch;
        if (!PublicReply.IsAllowed(properties, epoch))
            return false;
        var replyTo = new PublicReply(properties.ReplyTo, properties.CorrelationId, context) { TellsGateway = true, EndsWithEpoch = true };
        if (epoch.Authorizer.RolesOf(properties.UserId) is not { } roles)
        {
            var text = properties.UserId is { } user ? $"The AMQP user '{user}' may send no project messages." : "The message has no user_id, and may not be sent without.";
            epoch.Faults.Report(InputFault.AccessDenied, text);
            replyTo.Reply(ResponseEnvelope.Failed(0, ErrorReason.AccessDenied, text));
            return true;
        }

        body = Utf8.WithoutMark(body);
        if (Problem(properties, body, epoch) is { } problem)
        {
            epoch.Faults.Report(InputFault.InvalidRequest, problem);
            replyTo.Reply(ResponseEnvelope.Failed(0, ErrorReason.InvalidData, problem));
            return false;
        }

        var message = new GatewayMessage
        {
            Project = PublicHeaders.Text(properties, PublicHeaders.Project)!,
            Handler = PublicHeaders.Text(properties, PublicHeaders.MessageHandler)!,
            IsRequest = properties.Type == Request,
            Scope = Selection(properties).EffectiveScope,
            ClientSessionId = PublicHeaders.Text(properties, PublicHeaders.Session),
            User = PublicHeaders.Text(properties, PublicHeaders.User),
            HasRole = PublicHeaders.Text(properties, PublicHeaders.Role),
            HostName = PublicHeaders.Text(properties, PublicHeaders.Host),
            Principal = properties.UserId ?? string.Empty,
            Roles = roles,
            TraceParent = TraceParent.Checked(PublicHeaders.Text(properties, PublicHeaders.TraceParent)),
        };
        context.Unanswered.Add(replyTo);
        epoch.Events.OnProjectMessage(replyTo, message, body, PublicRequest.Remaining(properties));
        return true;
    }

    private static MessageSelection Selection(IReadOnlyBasicProperties properties) => new()
    {
        Scope = PublicHeaders.Text(properties, PublicHeaders.Scope) is { } scope ? MessageScopes.Parse(scope) : null,
        User = PublicHeaders.Text(properties, PublicHeaders.User),
        HasRole = PublicHeaders.Text(properties, PublicHeaders.Role),
        HostName = PublicHeaders.Text(properties, PublicHeaders.Host),
    };

    private static string? Problem(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, Epoch epoch)
    {
        if (body.Length > epoch.MaxMessageBytes)
            return $"A project message of {body.Length} bytes is larger than the {epoch.MaxMessageBytes} bytes that this gateway takes.";
        if (!string.IsNullOrEmpty(properties.ContentType) && !MediaType.IsAllowed(properties.ContentType, out var wrongType))
            return wrongType;
        if (PublicHeaders.Unknown(properties, TextHeaders) is { } unknown)
            return unknown;
        if (Array.Find(TextHeaders, header => PublicHeaders.IsNoText(properties, header)) is { } wrong)
            return $"The header {wrong} is no text.";
        try
        {
            GatewayMessage.CheckNames(PublicHeaders.Text(properties, PublicHeaders.Project), PublicHeaders.Text(properties, PublicHeaders.MessageHandler));
            Selection(properties);
            GatewayMessage.CheckPayload(body.Span);
        }
        catch (InvalidMessageDataException exception)
        {
            return $"{exception.Message} A project message is a JSON object with the headers rb-project and rb-message-handler, and may have rb-scope (C, G or CG), rb-session, rb-user, rb-role and rb-host.";
        }

        return null;
    }
}
