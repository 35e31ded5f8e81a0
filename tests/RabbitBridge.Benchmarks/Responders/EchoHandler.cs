namespace RabbitBridge.Benchmarks.Responders;

/// <summary>Answers with the request.</summary>
internal sealed class EchoHandler<T> : IRequestHandler<T, T>
{
    public void OnRequest(T request, IRequestContext context, IResponder<T> responder) => responder.Respond(request);
}
