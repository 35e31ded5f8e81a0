namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>Something that runs <c>Scripts/participant.mjs</c>.</summary>
internal interface IScriptHost : IAsyncDisposable
{
    /// <summary>Hands over a command and waits for its reply.</summary>
    /// <exception cref="DemoFailedException">It has ended, or does not answer in time.</exception>
    Task<string> AskAsync(string command, CancellationToken cancellationToken);
}
