namespace RabbitBridge.ContractTests;

/// <summary>A handler that hands request and responder to a function.</summary>
public sealed class RespondingHandler<TRequest, TResponse>(Action<TRequest, IResponder<TResponse>> function) : IRequestHandler<TRequest, TResponse>
{
    public void OnRequest(TRequest request, IRequestContext context, IResponder<TResponse> responder) => function(request, responder);
}
