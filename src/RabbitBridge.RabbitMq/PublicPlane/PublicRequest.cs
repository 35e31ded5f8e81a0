using System.Globalization;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;
using RabbitBridge.Filters;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.RabbitMq.Publishing;
using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.PublicPlane;

/// <summary>A request as one AMQP message: how this gateway asks services that are not gateways, and how plain clients ask handlers.</summary>
internal sealed class PublicRequest : ConfirmedOutbound, IOutboundSource
{
    private readonly RequestEnvelope _request;
    private readonly PublicContext _context;
    private readonly ServiceRoute? _service;
    private readonly bool _tellsPath;

    /// <summary>A request that the broker routes by its path.</summary>
    public PublicRequest(in RequestEnvelope request, PublicContext context)
    {
        (_request, _context) = (request.Persist(), context);
        (Charge, Deadline) = (request.Payload.Length, context.Epoch.Clock.DeadlineIn(request.RemainingMilliseconds));
        (RoutingKey, var level, _tellsPath) = RoutingKeys.ForRequest(request.Path);
        Exchange = context.Epoch.Names.Level(level);
    }

    /// <summary>A request to a service.</summary>
    public PublicRequest(in RequestEnvelope request, ServiceRoute service, PublicContext context)
    {
        (_request, _context, _service, _tellsPath) = (request.Persist(), context, service, true);
        (Charge, Deadline) = (request.Payload.Length, context.Epoch.Clock.DeadlineIn(request.RemainingMilliseconds));
        RoutingKey = service.RoutingKey;
        Exchange = service.IsQueue ? string.Empty : context.Epoch.Names.Service;
    }

    public override string Exchange { get; }

    public override string RoutingKey { get; }

    public override ReadOnlyMemory<byte> Body => _request.Payload;

    /// <summary>The headers of the bridge that a request by path may have.</summary>
    public static IReadOnlyList<string> KnownHeaders { get; } = [PublicHeaders.Path, PublicHeaders.Session, PublicHeaders.Hops];

    /// <summary>Reads a request that has come to a handler queue, or is for sessions.</summary>
    /// <returns>Whether it can be routed; if not, the fault is counted and <paramref name="problem"/> is for the sender.</returns>
    public static bool TryRead(
        IReadOnlyBasicProperties properties, string routingKey, ReadOnlyMemory<byte> body, int depth, IReadOnlyList<string> knownHeaders, Epoch epoch, out RequestEnvelope request, out (ErrorReason Reason, string Text) problem)
    {
        request = default;
        problem = default;
        if (PathOf(properties, routingKey, out var path) is { } fault)
        {
            epoch.Faults.Report(InputFault.InvalidPath, fault);
            problem = (ErrorReason.InvalidPath, fault);
            return false;
        }

        if (PublicHeaders.Unknown(properties, knownHeaders) is { } unknown)
        {
            epoch.Faults.Report(InputFault.InvalidRequest, $"A request to '{path}': {unknown}");
            problem = (ErrorReason.InvalidData, unknown);
            return false;
        }

        var contentType = string.IsNullOrEmpty(properties.ContentType) ? ContentTypes.Binary : properties.ContentType;
        if (!MediaType.IsAllowed(contentType, out var wrongType))
        {
            epoch.Faults.Report(InputFault.InvalidRequest, $"A request to '{path}': {wrongType}");
            problem = (ErrorReason.InvalidData, wrongType);
            return false;
        }

        if (body.Length > epoch.MaxMessageBytes)
        {
            epoch.Faults.Report(InputFault.Oversized, $"A request of {body.Length} bytes to '{path}'.");
            problem = (ErrorReason.InvalidData, $"A request of {body.Length} bytes is larger than the {epoch.MaxMessageBytes} bytes that this gateway takes.");
            return false;
        }

        // Only gateways know on whose behalf they ask; anybody else could name any session.
        SessionId sender = default;
        if (epoch.IsGateway(properties.UserId))
            _ = SessionId.TryParse(PublicHeaders.Text(properties, PublicHeaders.Session), out sender);
        request = new RequestEnvelope
        {
            Path = path,
            Sender = sender,
            Depth = depth,
            Hops = PublicHeaders.Number(properties, PublicHeaders.Hops),
            RemainingMilliseconds = Remaining(properties),
            ContentType = contentType,
            Payload = body,
            IsTransient = true,
            TraceParent = TraceParent.Checked(PublicHeaders.Text(properties, PublicHeaders.TraceParent)),
        };
        return true;
    }

    /// <summary>
    /// Reads the path of a request. The key decides what the broker lets a user do and which queue gets the request, so a header may
    /// only complete it: where the path's key would not fit, and the key is what fits of it.
    /// </summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    private static string? PathOf(IReadOnlyBasicProperties properties, string routingKey, out MessagePath path)
    {
        path = default;
        if (PublicHeaders.IsNoText(properties, PublicHeaders.Path))
            return $"The header {PublicHeaders.Path} is no text in UTF-8.";
        var header = PublicHeaders.Text(properties, PublicHeaders.Path);
        var isPath = header is null ? RoutingKeys.TryParse(routingKey, out path, out var fault) : MessagePath.TryParse(header, out path, out fault);
        if (!isPath || path.IsRoot)
            return $"'{FilterText.Show(header ?? routingKey)}' is not the path of a request: {fault ?? "no request can be sent to the root"}.";
        return header is null || RoutingKeys.ForRequest(path).Key == routingKey
            ? null
            : $"The routing key '{FilterText.Show(routingKey)}' is not that of the path '{FilterText.Show(header)}' in the header {PublicHeaders.Path}; it must be '{RoutingKeys.ForRequest(path).Key}'.";
    }

    /// <summary>The time of a message, in milliseconds; 0 if it has none. The broker gives the expiration as it was set: what was left when the message was published.</summary>
    public static int Remaining(IReadOnlyBasicProperties properties) =>
        properties.Expiration is not { } expiration ? 0
        : int.TryParse(expiration, NumberStyles.None, CultureInfo.InvariantCulture, out var remaining) ? remaining : int.MaxValue;

    public Outbound? Next() => this;

    public override void Describe(BasicProperties properties)
    {
        properties.ReplyTo = _context.Epoch.Address;
        properties.CorrelationId = _context.Conventions.CorrelationId(_request.Id, _service);
        properties.ContentType = _request.ContentType;
        if (Deadline > 0)
            properties.Expiration = _context.Epoch.Clock.Until(Deadline).ToString(CultureInfo.InvariantCulture);
        properties.Headers = new Dictionary<string, object?>();
        if (_request.Sender != default)
            properties.Headers[PublicHeaders.Session] = _request.Sender.ToString();
        if (_service is { IsQueue: false } service)
            properties.Headers[PublicHeaders.Service] = service.Exchange;
        if (_request.Hops > 0)
            properties.Headers[PublicHeaders.Hops] = _request.Hops;
        if (_tellsPath)
            properties.Headers[PublicHeaders.Path] = _request.Path.Value;
        if (_request.TraceParent is { } trace)
            properties.Headers[PublicHeaders.TraceParent] = trace;
    }

    public override void OnOutcome(PublishOutcome outcome)
    {
        if (outcome != PublishOutcome.Confirmed)
        {
            _context.Epoch.Events.OnUndelivered(
                null, _request, outcome == PublishOutcome.Returned ? DeliveryFailure.Unroutable : DeliveryFailure.Refused);
        }
    }

    public override void OnUnsendable(string problem) => _context.Epoch.Events.OnUnsendable(_request, problem);

    public override void OnLost() => _context.Epoch.Events.OnUndelivered(null, _request, DeliveryFailure.ConnectionLost);
}
