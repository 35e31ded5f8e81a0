using RabbitBridge.Benchmarks.Control;

namespace RabbitBridge.Benchmarks.Responders;

/// <summary>A remote session that answers by path.</summary>
internal sealed class RemoteEchoServer(IRemoteSession session, Uri gateway) : IEchoServer
{
    public string Address => gateway.ToString();

    public static async Task<RemoteEchoServer> StartAsync(AnswerRemotely order, CancellationToken cancellationToken)
    {
        var session = await RabbitBridgeClient.ConnectAsync(order.Gateway.ToString(), cancellationToken).ConfigureAwait(false);
        await session.Messages.AddRequestHandlerAsync(
            order.Path, new EchoHandler<ReadOnlyMemory<byte>>(), DataTypes.Binary, DataTypes.Binary, cancellationToken: cancellationToken).ConfigureAwait(false);
        return new RemoteEchoServer(session, order.Gateway);
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();
}
