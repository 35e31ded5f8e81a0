using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Workers;

namespace RabbitBridge.Benchmarks.Responders;

/// <summary>A gateway with one session that answers by path and by session id.</summary>
internal sealed class GatewayEchoServer : IEchoServer
{
    private readonly IGateway _gateway;
    private readonly ISession _session;

    private GatewayEchoServer(IGateway gateway, ISession session) => (_gateway, _session) = (gateway, session);

    public string Address => _session.Id.ToString();

    public static async Task<GatewayEchoServer> StartAsync(AnswerInGateway order, CancellationToken cancellationToken)
    {
        var gateway = await BenchGateway.StartAsync(order.Site, "responder", cancellationToken).ConfigureAwait(false);
        try
        {
            var session = gateway.OpenSession();
            var handler = new EchoHandler<ReadOnlyMemory<byte>>();
            foreach (var path in BenchPaths.Of(order.Path, order.Paths))
            {
                await session.Messages.AddRequestHandlerAsync(
                    path, handler, DataTypes.Binary, DataTypes.Binary, cancellationToken: cancellationToken).ConfigureAwait(false);
            }

            session.Messages.SetRequestStream(order.Path, new EchoStream<ReadOnlyMemory<byte>>(), DataTypes.Binary, DataTypes.Binary);
            return new GatewayEchoServer(gateway, session);
        }
        catch
        {
            await gateway.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();
}
