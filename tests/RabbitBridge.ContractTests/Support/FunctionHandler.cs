namespace RabbitBridge.ContractTests;

/// <summary>A handler that answers each request with a function of it; for tests that choose the data types by hand.</summary>
public sealed class FunctionHandler<TRequest, TResponse>(Func<TRequest, TResponse> function) : IRequestHandler<TRequest, TResponse>
{
    public void OnRequest(TRequest request, IRequestContext context, IResponder<TResponse> responder)
    {
        ArgumentNullException.ThrowIfNull(responder);
        responder.Respond(function(request));
    }
}
