using System.Text.Json;

namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>A session in JavaScript.</summary>
internal sealed class ScriptParticipant(string name, string clientType, IScriptHost host) : IParticipant
{
    public string Name => name;

    public string ClientType => clientType;

    public string Kind { get; private set; } = "";

    public string Gateway { get; private set; } = "";

    public Task OpenAsync(IReadOnlyList<Uri> addresses, CancellationToken cancellationToken) =>
        SendAsync(new ScriptCommand("open") { Name = name, Addresses = addresses }, cancellationToken);

    public async Task<Answer> AskAsync(string path, string expected, int repetitions, CancellationToken cancellationToken)
    {
        var command = new ScriptCommand("ask") { Path = path, Expected = expected, Repetitions = repetitions };
        var reply = await SendAsync(command, cancellationToken).ConfigureAwait(false);
        return new Answer(reply.Outcome ?? "", reply.FirstMicroseconds, reply.MedianMicroseconds);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private async Task<ScriptReply> SendAsync(ScriptCommand command, CancellationToken cancellationToken)
    {
        var text = await host.AskAsync(JsonSerializer.Serialize(command, ScriptJson.Default.ScriptCommand), cancellationToken).ConfigureAwait(false);
        var reply = JsonSerializer.Deserialize(text, ScriptJson.Default.ScriptReply)!;
        if (reply.Failure is { } failure)
            throw new DemoFailedException($"The {name} session: {failure}");
        (Kind, Gateway) = (reply.Kind ?? "", reply.Gateway ?? "");
        return reply;
    }
}
