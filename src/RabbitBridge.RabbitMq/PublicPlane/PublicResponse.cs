using System.Globalization;
using System.Text;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.RabbitMq.Publishing;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.PublicPlane;

/// <summary>An answer as one AMQP message, as any client sends and reads it.</summary>
internal sealed class PublicResponse : ConfirmedOutbound, IOutboundSource
{
    private readonly string _replyTo;
    private readonly string? _correlationId;
    private readonly ResponseEnvelope _response;
    private readonly Epoch _epoch;

    public PublicResponse(string replyTo, string? correlationId, in ResponseEnvelope response, Epoch epoch)
    {
        (_replyTo, _correlationId, _response, _epoch) = (replyTo, correlationId, response.Persist(), epoch);
        Body = response.Error is null ? _response.Payload : Encoding.UTF8.GetBytes(response.ErrorMessage ?? string.Empty);
    }

    // Reply addresses are queue names, which only the default exchange knows.
    public override string Exchange => string.Empty;

    public override string RoutingKey => _replyTo;

    public override ReadOnlyMemory<byte> Body { get; }

    /// <summary>Takes an answer that has come to the gateway's inbox.</summary>
    public static void Receive(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, Epoch epoch)
    {
        if (!long.TryParse(properties.CorrelationId, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            epoch.Faults.Report(
                InputFault.MalformedResponse,
                $"Content type '{properties.ContentType}', correlation id '{properties.CorrelationId}': neither a frame nor an answer to a request of this gateway.");
            return;
        }

        if (body.Length > epoch.MaxMessageBytes)
        {
            epoch.Faults.Report(InputFault.Oversized, $"A response of {body.Length} bytes.");
            epoch.Events.OnResponse(ResponseEnvelope.Failed(
                id, ErrorReason.InvalidData, $"A response of {body.Length} bytes is larger than the {epoch.MaxMessageBytes} bytes that this gateway takes."));
            return;
        }

        if (PublicHeaders.Text(properties, PublicHeaders.Status) == PublicHeaders.Failed)
        {
            var name = PublicHeaders.Text(properties, PublicHeaders.Error);
            var text = Encoding.UTF8.GetString(body.Span);
            epoch.Events.OnResponse(ErrorNames.Find(name) is { } reason
                ? ResponseEnvelope.Failed(id, reason, text)
                : ResponseEnvelope.Failed(id, ErrorReason.RejectedRequest, $"{text} ({name ?? "no reason given"})"));
            return;
        }

        epoch.Events.OnResponse(new ResponseEnvelope
        {
            Id = id,
            ContentType = properties.ContentType ?? ContentTypes.Binary,
            Payload = body,
            IsTransient = true,
        });
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
        if (_response.Error is { } error)
            properties.Headers[PublicHeaders.Error] = ErrorNames.Of(error);
    }

    public override void OnOutcome(PublishOutcome outcome)
    {
        if (outcome != PublishOutcome.Confirmed)
            _epoch.ResponsesLost(1, outcome == PublishOutcome.Returned ? "the requester's reply queue is gone" : "the requester's reply queue is full");
    }

    public override void OnLost() => _epoch.ResponsesLost(1, "the connection was lost before the broker confirmed it");
}
