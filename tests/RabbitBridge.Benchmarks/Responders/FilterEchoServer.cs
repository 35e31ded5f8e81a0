using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Workers;

namespace RabbitBridge.Benchmarks.Responders;

/// <summary>Gateways with many sessions, each of which has a stream.</summary>
internal sealed class FilterEchoServer : IEchoServer
{
    /// <summary>What the sessions have in common.</summary>
    public const string Property = "Kind";

    private readonly List<IGateway> _gateways = [];

    public string Address => string.Empty;

    public static async Task<FilterEchoServer> StartAsync(AnswerFilters order, CancellationToken cancellationToken)
    {
        var server = new FilterEchoServer();
        try
        {
            var options = new SessionOptions { Properties = new Dictionary<string, string> { [Property] = "bench" } };
            for (var number = 0; number < order.Gateways; number++)
            {
                var gateway = await BenchGateway.StartAsync(order.Site, $"responder{number}", cancellationToken).ConfigureAwait(false);
                server._gateways.Add(gateway);
                for (var i = 0; i < order.Sessions / order.Gateways; i++)
                {
                    var session = await gateway.OpenSessionAsync(options, cancellationToken).ConfigureAwait(false);
                    session.Messages.SetRequestStream(order.Path, new EchoStream<ReadOnlyMemory<byte>>(), DataTypes.Binary, DataTypes.Binary);
                }
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_gateways.Select(gateway => gateway.DisposeAsync().AsTask())).ConfigureAwait(false);
}
