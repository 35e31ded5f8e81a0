using Microsoft.Extensions.Logging;

namespace RabbitBridge.Client.Messages;

/// <summary>A request stream at one path.</summary>
internal sealed class ClientStream<TRequest, TResponse>(
    IRequestStream<TRequest, TResponse> stream, DataType<TRequest> requestType, DataType<TResponse> responseType, ClientWork work, ILogger logger)
    : ClientReceiver<TRequest, TResponse>(new StreamTarget<TRequest, TResponse>(stream, requestType, responseType), work, logger), IClientStream
{
    public IRequestStream Stream => stream;

    public ClientReceiver Receiver => this;
}
