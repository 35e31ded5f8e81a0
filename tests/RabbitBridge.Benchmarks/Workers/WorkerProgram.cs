using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using RabbitBridge.Benchmarks.Callers;
using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Measuring;
using RabbitBridge.Benchmarks.Responders;

namespace RabbitBridge.Benchmarks.Workers;

/// <summary>A worker process: carries out the commands of the bench until it closes standard input.</summary>
internal sealed class WorkerProgram : IAsyncDisposable
{
    private readonly StreamWriter _output = new(Console.OpenStandardOutput(), new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
    private readonly CancellationToken _gone;
    private IAsyncDisposable? _role;

    private WorkerProgram(CancellationToken gone) => _gone = gone;

    public static async Task<int> RunAsync()
    {
        // Ctrl-C reaches every process of the group; the bench ends its workers itself, and they take leave of the broker.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        using var parent = new ParentLines();
        var worker = new WorkerProgram(parent.Gone);
        await using (worker.ConfigureAwait(false))
        {
            await foreach (var line in parent.ReadAllAsync().ConfigureAwait(false))
                worker.Tell(await worker.ObeyAsync(line).ConfigureAwait(false));
        }

        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        if (_role is not null)
            await _role.DisposeAsync().ConfigureAwait(false);
        await _output.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<WorkerEvent> ObeyAsync(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ControlJson.Default.WorkerCommand) switch
            {
                Measure order => await ClosedLoop.RunAsync((ICaller)_role!, order, _gone).ConfigureAwait(false),
                TellMemory => ProcessMemory.Measure(),
                RegisterHandlers order => await ((HandlerHolder)_role!).RegisterAsync(order, _gone).ConfigureAwait(false),
                AwaitReturn => await ((HandlerHolder)_role!).AwaitReturnAsync(_gone).ConfigureAwait(false),
                BeginLoad order => ((SteadyCaller)_role!).Begin(order),
                EndLoad order => await ((SteadyCaller)_role!).EndAsync(order, _gone).ConfigureAwait(false),
                var command => await BecomeAsync(command).ConfigureAwait(false),
            };
        }
#pragma warning disable CA1031 // Whatever it is, the bench shall know it, and ends.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new Failed(exception.ToString());
        }
    }

    private async Task<Ready> BecomeAsync(WorkerCommand? command)
    {
        _role = await TakeAsync(command).ConfigureAwait(false);
        return new Ready((_role as IEchoServer)?.Address ?? string.Empty);
    }

    private async Task<IAsyncDisposable> TakeAsync(WorkerCommand? command) => command switch
    {
        AnswerFilters order => await FilterEchoServer.StartAsync(order, _gone).ConfigureAwait(false),
        AnswerInGateway order => await GatewayEchoServer.StartAsync(order, _gone).ConfigureAwait(false),
        AnswerInHub => await HubEchoServer.StartAsync(_gone).ConfigureAwait(false),
        AnswerRaw order => await RawEchoServer.StartAsync(order, _gone).ConfigureAwait(false),
        AnswerRemotely order => await RemoteEchoServer.StartAsync(order, _gone).ConfigureAwait(false),
        CallByFilter order => await FilterCaller.StartAsync(order, _gone).ConfigureAwait(false),
        CallByPath order => await PathCaller.StartAsync(order, _gone).ConfigureAwait(false),
        CallBySession order => await SessionCaller.StartAsync(order, _gone).ConfigureAwait(false),
        CallHub order => await HubCaller.StartAsync(order, _gone).ConfigureAwait(false),
        CallLocally order => await LocalCallers.StartAsync(order, _gone).ConfigureAwait(false),
        CallRaw order => await RawCaller.StartAsync(order, _gone).ConfigureAwait(false),
        CallRawBatch order => await RawBatchCaller.StartAsync(order, _gone).ConfigureAwait(false),
        CallRemotely order => await RemoteCaller.StartAsync(order, _gone).ConfigureAwait(false),
        CallSteadily order => await SteadyCaller.StartAsync(order, _gone).ConfigureAwait(false),
        CallUnhandled order => await UnhandledCaller.StartAsync(order, _gone).ConfigureAwait(false),
        ConsumeRaw order => await RawConsumerServer.StartAsync(order, _gone).ConfigureAwait(false),
        HandleMessages order => await MessageServer.StartAsync(order, _gone).ConfigureAwait(false),
        HoldHandlers order => await HandlerHolder.StartAsync(order, _gone).ConfigureAwait(false),
        HostGateway order => await GatewayServer.StartAsync(order, _gone).ConfigureAwait(false),
        PingRaw order => await PingCaller.StartAsync(order, _gone).ConfigureAwait(false),
        PublishRaw order => await PublishCaller.StartAsync(order, _gone).ConfigureAwait(false),
        SendMessages order => await MessageCaller.StartAsync(order, _gone).ConfigureAwait(false),
        _ => throw new InvalidDataException($"A worker cannot be a '{command?.GetType().Name}'."),
    };

    private void Tell(WorkerEvent what) => _output.WriteLine(JsonSerializer.Serialize(what, ControlJson.Default.WorkerEvent));
}
