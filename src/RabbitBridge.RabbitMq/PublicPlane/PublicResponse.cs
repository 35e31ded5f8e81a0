using System.Text;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.RabbitMq.Publishing;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.PublicPlane;

/// <summary>
/// An answer as one AMQP message, as any client sends and reads it; without a confirm, which cost plain callers a fifth of their
/// throughput. One whose reply queue is gone comes back, and is counted.
/// </summary>
internal sealed class PublicResponse : LoneOutbound, IOutboundSource
{
    private readonly string _replyTo;
    private readonly string? _correlationId;
    private readonly ResponseEnvelope _response;
    private readonly PublicContext _context;

    private PublicResponse(string replyTo, string? correlationId, in ResponseEnvelope response, PublicContext context)
    {
        (_replyTo, _correlationId, _response, _context) = (replyTo, correlationId, response.Persist(), context);
        Body = response.Error is null ? _response.Payload : Encoding.UTF8.GetBytes(response.ErrorMessage ?? string.Empty);
    }

    /// <summary>An answer; OVERLOADED in its place if there is no room for it (<see cref="Publisher.Budget"/>).</summary>
    /// <param name="replyTo">The queue of whoever waits.</param>
    /// <param name="correlationId">By what it is known there.</param>
    /// <param name="response">The answer.</param>
    /// <param name="context">Of the epoch over which it goes.</param>
    /// <param name="tellsGateway">Whether it names this gateway.</param>
    /// <param name="request">The request that ends in the next epoch if the answer is lost with this one.</param>
    /// <param name="filter">The filter request that it is one of several answers to.</param>
    public static PublicResponse Create(
        string replyTo, string? correlationId, in ResponseEnvelope response, PublicContext context, bool tellsGateway = false, PublicReply? request = null, PublicFilterReply? filter = null)
    {
        var isTaken = context.Publisher.Budget.TryTake(response.Payload.Length);
        var sent = isTaken ? response : ResponseEnvelope.Failed(response.Id, ErrorReason.Overloaded, HandOver.Full.Overload()!) with { Session = response.Session };
        return new PublicResponse(replyTo, correlationId, sent, context) { TellsGateway = tellsGateway, Request = request, Filter = filter, Charge = isTaken ? response.Payload.Length : 0 };
    }

    private bool TellsGateway { get; init; }

    private PublicReply? Request { get; init; }

    private PublicFilterReply? Filter { get; init; }

    // Reply addresses are queue names, which only the default exchange knows.
    public override string Exchange => string.Empty;

    public override string RoutingKey => _replyTo;

    public override ReadOnlyMemory<byte> Body { get; }

    /// <summary>Takes an answer that has come to the gateway's inbox.</summary>
    /// <returns>Whether it could be read.</returns>
    public static bool TryReceive(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, PublicContext context)
    {
        var epoch = context.Epoch;
        if (!context.Conventions.TryRead(properties.CorrelationId, out var id, out var convention))
        {
            epoch.Faults.Report(
                InputFault.MalformedResponse,
                $"Content type '{properties.ContentType}', correlation id '{properties.CorrelationId}': neither a frame nor an answer to a request of this gateway.");
            return false;
        }

        if (body.Length > epoch.MaxMessageBytes)
        {
            // One message is one fault: an answer that nobody has asked for is counted as that.
            if (Pass(epoch, ResponseEnvelope.Failed(
                id, ErrorReason.InvalidData, $"A response of {body.Length} bytes is larger than the {epoch.MaxMessageBytes} bytes that this gateway takes.")))
                epoch.Faults.Report(InputFault.Oversized, $"A response of {body.Length} bytes.");
            return false;
        }

        if (PublicHeaders.Text(properties, PublicHeaders.Status) == PublicHeaders.Failed)
        {
            var name = PublicHeaders.Text(properties, PublicHeaders.Error);
            var text = Encoding.UTF8.GetString(Utf8.WithoutMark(body.Span));
            return Pass(epoch, ErrorNames.Find(name) is { } reason
                ? ResponseEnvelope.Failed(id, reason, text)
                : ResponseEnvelope.Failed(id, ErrorReason.RejectedRequest, $"{text} ({name ?? "no reason given"})"));
        }

        if (convention?.Error(properties, body.Span) is { } refusal)
            return Pass(epoch, ResponseEnvelope.Failed(id, ErrorReason.RejectedRequest, refusal));

        var contentType = string.IsNullOrEmpty(properties.ContentType) ? convention?.ContentType ?? ContentTypes.Binary : properties.ContentType;
        if (MediaType.IsAllowed(contentType, out var problem))
            return Pass(epoch, new ResponseEnvelope { Id = id, ContentType = contentType, Payload = body, IsTransient = true });
        if (Pass(epoch, ResponseEnvelope.Failed(id, ErrorReason.InvalidData, $"The service's answer cannot be read: {problem}")))
            epoch.Faults.Report(InputFault.MalformedResponse, problem);
        return false;
    }

    private static bool Pass(Epoch epoch, in ResponseEnvelope response)
    {
        if (epoch.Events.OnPublicResponse(response))
            return true;
        epoch.Faults.Report(InputFault.ForgedResponse, "A plain answer to a request that was sent to a gateway.");
        return false;
    }

    public Outbound? Next() => this;

    public override void Describe(BasicProperties properties)
    {
        properties.CorrelationId = _correlationId;
        properties.ContentType = _response.Error is null ? _response.ContentType : ContentTypes.Text;
        properties.Headers = new Dictionary<string, object?>
        {
            [PublicHeaders.Status] = _response.Error is null ? PublicHeaders.Ok : PublicHeaders.Failed,
        };
        if (_response.Session is { } session)
            properties.Headers[PublicHeaders.Session] = session.ToString();
        if (TellsGateway)
            properties.Headers[PublicHeaders.Gateway] = _context.Epoch.Name;
        if (_response.Error is { } error)
            properties.Headers[PublicHeaders.Error] = ErrorNames.Of(error);
    }

    public override void OnWritten() => Filter?.OnAnswered(_response.Id);

    public override void OnUnsendable(string problem)
    {
        _context.Epoch.ResponsesLost(1, problem);
        Filter?.OnAnswered(_response.Id);
    }

    public override void OnLost()
    {
        _context.Epoch.ResponsesLost(1, "the connection was lost before it was written");
        if (Request is not null)
            _context.Unanswered.Add(Request);
        Filter?.OnAnswered(_response.Id);
    }
}
