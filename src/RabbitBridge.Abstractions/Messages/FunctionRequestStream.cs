namespace RabbitBridge;

internal sealed class FunctionRequestStream<TRequest, TResponse>(
    Func<string, TRequest, CancellationToken, ValueTask<TResponse>> function) : IRequestStream<TRequest, TResponse>
{
    public void OnRequest(string path, TRequest request, IResponder<TResponse> responder) =>
        FunctionResponse.Send(function(path, request, responder.CancellationToken), responder);
}
