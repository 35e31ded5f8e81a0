using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Workers;

namespace RabbitBridge.Benchmarks.Responders;

/// <summary>A gateway with a shared message handler that does nothing.</summary>
internal sealed class MessageServer(IGateway gateway) : IEchoServer
{
    /// <summary>The handler's name.</summary>
    public const string Handler = "bench";

    public string Address => gateway.Name;

    public static async Task<MessageServer> StartAsync(HandleMessages order, CancellationToken cancellationToken)
    {
        var gateway = await BenchGateway.StartAsync(order.Site, "responder", cancellationToken).ConfigureAwait(false);
        gateway.Projects.AddMessageHandler(order.Project, Handler, new FunctionMessageHandler(static _ => { }));
        return new MessageServer(gateway);
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();
}
