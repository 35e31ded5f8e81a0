using RabbitBridge.Cli.Values;

namespace RabbitBridge.Cli.Remote;

/// <summary>Prints each request and answers it.</summary>
/// <param name="view">Where to print.</param>
/// <param name="reply">The answer; <see langword="null"/> for the request itself.</param>
internal sealed class PrintingHandler(IRemoteView view, Payload? reply) : IRequestHandler<Payload, Payload>
{
    public void OnRequest(Payload request, IRequestContext context, IResponder<Payload> responder)
    {
        try
        {
            view.Request(request, context);
        }
        finally
        {
            // Whoever asked is no part of what has become of the output.
            responder.Respond(reply ?? request);
        }
    }
}
