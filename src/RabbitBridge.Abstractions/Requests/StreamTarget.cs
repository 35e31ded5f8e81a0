namespace RabbitBridge;

/// <summary>A request stream of a session.</summary>
internal sealed class StreamTarget<TRequest, TResponse>(
    IRequestStream<TRequest, TResponse> stream, DataType<TRequest> requestType, DataType<TResponse> responseType)
    : Target<TRequest, TResponse>(requestType, responseType)
{
    public override void OnError(ErrorReason reason) => stream.OnError(reason);

    public override void OnClose() => stream.OnClose();

    protected override void Call(TRequest request, RequestDelivery delivery, IResponder<TResponse> responder) => stream.OnRequest(delivery.Path, request, responder);
}
