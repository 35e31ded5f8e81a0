using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Measuring;
using RabbitBridge.Benchmarks.Responders;
using RabbitBridge.Benchmarks.Workers;

namespace RabbitBridge.Benchmarks.Callers;

/// <summary>Sends project messages to another gateway, each caller through a session of its own, and waits for the receipts.</summary>
internal sealed class MessageCaller(IGateway gateway, string project, string server) : ICaller
{
    public static async Task<MessageCaller> StartAsync(SendMessages order, CancellationToken cancellationToken) =>
        new(await BenchGateway.StartAsync(order.Site, "caller", cancellationToken).ConfigureAwait(false), order.Project, order.Server);

    public async Task RunAsync(int index, ReadOnlyMemory<byte> body, LatencyRecorder recorder)
    {
        await using var session = gateway.OpenSession();
        var payload = new Dictionary<string, object?> { ["body"] = new string('x', body.Length) };
        string[] servers = [server];
        while (recorder.Continues)
        {
            var receipts = await session.Projects.SendMessageAsync(
                project, MessageServer.Handler, payload, new MessageSelection { Scope = MessageScope.Gateway }, servers).ConfigureAwait(false);
            recorder.Completed();
            if (receipts is not [{ Status: SendStatus.Sent }])
                throw new InvalidDataException($"A message was not sent: {string.Join("; ", receipts)}");
        }
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();
}
