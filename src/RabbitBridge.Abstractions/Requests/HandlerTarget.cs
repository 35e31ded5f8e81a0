namespace RabbitBridge;

/// <summary>A handler for the requests of a branch.</summary>
internal sealed class HandlerTarget<TRequest, TResponse>(
    IRequestHandler<TRequest, TResponse> handler, DataType<TRequest> requestType, DataType<TResponse> responseType)
    : Target<TRequest, TResponse>(requestType, responseType)
{
    public override void OnError(ErrorReason reason) => handler.OnError(reason);

    public override void OnClose() => handler.OnClose();

    protected override void Call(TRequest request, RequestDelivery delivery, IResponder<TResponse> responder) => handler.OnRequest(request, delivery, responder);
}
