using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace RabbitBridge.Cli.Workers;

/// <summary>Reads commands until standard input ends, carries them out side by side, and writes the replies.</summary>
internal sealed class WorkerLoop(TextReader input, TextWriter output, ILogger logger)
{
    // The parent may be gone, and then nobody else would end a process that cannot disconnect in good order.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly Channel<WorkerReply> _replies = Channel.CreateUnbounded<WorkerReply>(new() { SingleReader = true });

    public async Task RunAsync()
    {
        var gateway = new WorkerGateway(logger);
        var writing = WriteAsync();
        try
        {
            while (await input.ReadLineAsync().ConfigureAwait(false) is { } line)
                Answer(gateway, line);
        }
        finally
        {
            await EndAsync(gateway, writing).WaitAsync(EndLimit).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(WorkerGateway gateway, Task writing)
    {
        await gateway.DisposeAsync().ConfigureAwait(false);
        _replies.Writer.Complete();
        await writing.ConfigureAwait(false);
    }

    // async void on purpose: nothing escapes it, and the loop does not wait for one command before it reads the next.
    private async void Answer(WorkerGateway gateway, string line)
    {
        long id = 0;
        WorkerReply reply;
        try
        {
            var command = JsonSerializer.Deserialize(line, WorkerJson.Default.WorkerCommand) ?? throw new JsonException("A command is an object.");
            id = command.Id;
            reply = await gateway.ExecuteAsync(command).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever prevents a command goes to whoever sent it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            reply = new WorkerReply(id) { Failure = $"{exception.GetType().Name}: {exception.Message}" };
        }

        // False once the end has come, when nobody reads it.
        _replies.Writer.TryWrite(reply);
    }

    private async Task WriteAsync()
    {
        await foreach (var reply in _replies.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(reply, WorkerJson.Default.WorkerReply)).ConfigureAwait(false);
            await output.FlushAsync().ConfigureAwait(false);
        }
    }
}
