using System.Runtime.InteropServices;

namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>A session of the .NET client, in this process.</summary>
internal sealed class DotNetParticipant(string name) : IParticipant
{
    private IRemoteSession? _session;

    public string Name => name;

    public string ClientType => "DOTNET";

    public string Kind => RuntimeInformation.FrameworkDescription;

    public string Gateway => Session.Gateway;

    public IRemoteSession Session => _session ?? throw new InvalidOperationException("It is opened first.");

    public async Task OpenAsync(IReadOnlyList<Uri> addresses, CancellationToken cancellationToken)
    {
        _session = await RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = addresses }, cancellationToken).ConfigureAwait(false);
        _session.Messages.SetRequestStream<string, string>("demo/all", (_, _, _) => ValueTask.FromResult(Reply()));
        await _session.Messages.AddRequestHandlerAsync<string, string>(
            $"demo/{name}", (_, _, _) => ValueTask.FromResult(Reply()), cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    public Task<Answer> AskAsync(string path, string expected, int repetitions, CancellationToken cancellationToken) => Answer.RepeatAsync(
        () => Session.Messages.SendRequestAsync<string, string>(path, "?", cancellationToken: cancellationToken), expected, repetitions);

    /// <summary>Sends a request to all sessions that a filter selects; the answer is theirs, in order.</summary>
    public Task<Answer> AskAllAsync(string filter, string expected, int repetitions, CancellationToken cancellationToken)
    {
        return Answer.RepeatAsync(SendAsync, expected, repetitions);

        async Task<string> SendAsync()
        {
            var answers = new List<string>();
            var responses = Session.Messages.SendRequestToFilterAsync<string, string>(filter, "demo/all", "?", cancellationToken: cancellationToken);
            await foreach (var answer in responses.ConfigureAwait(false))
                answers.Add(answer.Error is { } error ? ErrorNames.Of(error.Reason) : answer.Response);
            answers.Sort(StringComparer.Ordinal);
            return string.Join("; ", answers);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is not null)
            await _session.DisposeAsync().ConfigureAwait(false);
    }

    // Where the session is now tells its caller which gateways the request went through.
    private string Reply() => $"{name}, {Gateway}";
}
