using RabbitBridge.Cli.Values;

namespace RabbitBridge.Cli.Remote;

/// <summary>Prints each request and answers it, for a handler or a stream.</summary>
/// <param name="view">Where to print.</param>
/// <param name="reply">The answer; <see langword="null"/> for the request itself.</param>
internal sealed class PrintingHandler(IRemoteView view, Payload? reply) : IRequestHandler<Payload, Payload>, IRequestStream<Payload, Payload>
{
    public void OnRequest(Payload request, IRequestContext context, IResponder<Payload> responder) =>
        PrintAndAnswer(request, context.Path, context.SessionId, responder);

    public void OnRequest(string path, Payload request, IResponder<Payload> responder) => PrintAndAnswer(request, path, sender: null, responder);

    private void PrintAndAnswer(Payload request, string path, SessionId? sender, IResponder<Payload> responder)
    {
        try
        {
            view.Request(request, path, sender);
        }
        finally
        {
            // Whoever asked is no part of what has become of the output.
            responder.Respond(reply ?? request);
        }
    }
}
