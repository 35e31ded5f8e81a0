using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Frames;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Publishing;

/// <summary>A request to sessions by their properties: the broker delivers it to every gateway that is bound with one of its headers.</summary>
internal sealed class FilterRequest : ConfirmedOutbound, IOutboundSource
{
    private readonly IReadOnlyCollection<string> _headers;
    private readonly Epoch _epoch;
    private readonly FrameBuffer _frame = FrameBuffer.Take();

    public FilterRequest(in RequestEnvelope request, IReadOnlyCollection<string> headers, Epoch epoch)
    {
        (_headers, _epoch) = (headers, epoch);
        FrameWriter.Begin(_frame, Environment.TickCount64);
        FrameWriter.Write(_frame, request);
        (Charge, Deadline) = (request.Payload.Length, epoch.Clock.DeadlineIn(request.RemainingMilliseconds));
    }

    public override string Exchange => _epoch.Names.Filter;

    public override string RoutingKey => string.Empty;

    public override ReadOnlyMemory<byte> Body => _frame.Bytes;

    public Outbound? Next() => this;

    public override void Describe(BasicProperties properties)
    {
        FrameWriter.Send(_frame, Environment.TickCount64);
        properties.Type = FrameFormat.Type;
        properties.ContentType = FrameFormat.ContentType;
        properties.ReplyTo = _epoch.Address;
        properties.Headers = _headers.ToDictionary(static header => header, static object? (_) => true, StringComparer.Ordinal);
    }

    // Whoever should have got it and did not is asked again, by its inbox.
    public override void OnOutcome(PublishOutcome outcome) => _frame.Return();

    public override void OnExpired() => _frame.Return();

    public override void OnLost()
    {
        // The call ends with the epoch.
    }
}
