namespace RabbitBridge.ContractTests;

/// <summary>A stream that answers each request with a function of it; for tests that choose the data types by hand.</summary>
public sealed class AnsweringStream<TRequest, TResponse>(Func<TRequest, TResponse> function) : IRequestStream<TRequest, TResponse>
{
    public void OnRequest(string path, TRequest request, IResponder<TResponse> responder)
    {
        ArgumentNullException.ThrowIfNull(responder);
        responder.Respond(function(request));
    }

    public void OnError(ErrorReason reason)
    {
    }

    public void OnClose()
    {
    }
}
