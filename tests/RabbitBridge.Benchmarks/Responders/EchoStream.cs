namespace RabbitBridge.Benchmarks.Responders;

/// <summary>Answers with the request.</summary>
internal sealed class EchoStream<T> : IRequestStream<T, T>
{
    public void OnRequest(string path, T request, IResponder<T> responder) => responder.Respond(request);
}
