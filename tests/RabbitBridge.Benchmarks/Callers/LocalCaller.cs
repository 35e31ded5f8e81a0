using RabbitBridge.Benchmarks.Measuring;
using RabbitBridge.Benchmarks.Responders;

namespace RabbitBridge.Benchmarks.Callers;

/// <summary>Sends requests to a handler of the same gateway, which is connected with the broker all the same.</summary>
internal sealed class LocalCaller<T>(IGateway gateway, DataType<T> type, Func<ReadOnlyMemory<byte>, T> value) : ICaller
{
    private const string Path = "local";

    public async Task RunAsync(int index, ReadOnlyMemory<byte> body, LatencyRecorder recorder)
    {
        var request = value(body);
        await using var session = gateway.OpenSession();
        var messages = session.Messages;
        while (recorder.Continues)
        {
            var response = await messages.SendRequestAsync(Path, request, type, type).ConfigureAwait(false);
            recorder.Completed();
            if (response is null)
                throw new InvalidDataException("The answer was nothing.");
        }
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    public async Task<LocalCaller<T>> ListenAsync(CancellationToken cancellationToken)
    {
        await gateway.OpenSession().Messages.AddRequestHandlerAsync(
            Path, new EchoHandler<T>(), type, type, cancellationToken: cancellationToken).ConfigureAwait(false);
        return this;
    }
}
