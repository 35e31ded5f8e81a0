namespace RabbitBridge;

internal sealed class FunctionRequestHandler<TRequest, TResponse>(
    Func<TRequest, IRequestContext, CancellationToken, ValueTask<TResponse>> function) : IRequestHandler<TRequest, TResponse>
{
    public void OnRequest(TRequest request, IRequestContext context, IResponder<TResponse> responder) =>
        FunctionResponse.Send(function(request, context, responder.CancellationToken), responder);
}
