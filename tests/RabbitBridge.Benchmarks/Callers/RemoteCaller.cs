using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Measuring;

namespace RabbitBridge.Benchmarks.Callers;

/// <summary>Sends requests by path through remote sessions, over a connection each.</summary>
internal sealed class RemoteCaller(IReadOnlyList<IRemoteSession> sessions, string path) : ICaller
{
    // Two dozen at a time: what is measured is the gateway, not how many connections the system takes at once.
    private const int OpenedAtOnce = 24;

    // Where there are fewer sessions, each caller keeps to one; where there are more, all are used in turn.
    private const int Stride = 64;

    public static async Task<RemoteCaller> StartAsync(CallRemotely order, CancellationToken cancellationToken)
    {
        var sessions = new IRemoteSession[order.Sessions];
        var options = new ClientOptions { Addresses = [order.Gateway], ConnectTimeout = TimeSpan.FromMinutes(1) };
        await Parallel.ForAsync(
            0,
            sessions.Length,
            new ParallelOptions { MaxDegreeOfParallelism = OpenedAtOnce, CancellationToken = cancellationToken },
            async (index, stop) => sessions[index] = await RabbitBridgeClient.ConnectAsync(options, stop).ConfigureAwait(false)).ConfigureAwait(false);
        return new RemoteCaller(sessions, order.Path);
    }

    public async Task RunAsync(int index, ReadOnlyMemory<byte> body, LatencyRecorder recorder)
    {
        var next = index % sessions.Count;
        while (recorder.Continues)
        {
            var messages = sessions[next].Messages;
            next = (next + Stride) % sessions.Count;
            var response = await messages.SendRequestAsync(path, body, DataTypes.Binary, DataTypes.Binary).ConfigureAwait(false);
            recorder.Completed();
            Echo.Check(response, body);
        }
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(sessions.Select(session => session.CloseAsync())).ConfigureAwait(false);
}
