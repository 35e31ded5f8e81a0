namespace RabbitBridge.Cli.Workers;

/// <summary>A session in a worker's gateway.</summary>
internal sealed class WorkerSession(WorkerProcess worker, string id)
{
    public WorkerProcess Worker => worker;

    public string Id => id;

    /// <summary>Registers a handler and answers with its number.</summary>
    public async Task<int> AddHandlerAsync(
        string path, HandlerBehaviour behaviour, string? answer = null, CancellationToken cancellationToken = default) =>
        (await worker.AskAsync(new WorkerCommand.AddHandler(id, path, behaviour, answer), cancellationToken).ConfigureAwait(false)).Handler!.Value;

    public Task ReleaseHandlerAsync(int handler, CancellationToken cancellationToken = default) =>
        worker.AskAsync(new WorkerCommand.ReleaseHandler(handler), cancellationToken);

    public Task CloseHandlerAsync(int handler, CancellationToken cancellationToken = default) =>
        worker.AskAsync(new WorkerCommand.CloseHandler(handler), cancellationToken);

    public Task SetStreamAsync(string path, HandlerBehaviour behaviour, string? answer = null, CancellationToken cancellationToken = default) =>
        worker.AskAsync(new WorkerCommand.SetStream(id, path, behaviour, answer), cancellationToken);

    public Task<RequestOutcome> SendAsync(string path, string body, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        SendAsync(recipient: null, path, body, timeout, cancellationToken);

    public Task<RequestOutcome> SendToAsync(
        WorkerSession recipient, string path, string body, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        SendAsync(recipient.Id, path, body, timeout, cancellationToken);

    /// <summary>Receives the messages of its project that are for a handler of this name.</summary>
    public Task ReceiveAsync(string messageHandler, CancellationToken cancellationToken = default) =>
        worker.AskAsync(new WorkerCommand.Receive(id, messageHandler), cancellationToken);

    /// <summary>Sends a project message to the clients with a role at some gateways, and answers with the receipts.</summary>
    public async Task<IReadOnlyList<string>> SendMessageAsync(
        string project, string messageHandler, string role, IReadOnlyList<string> servers, CancellationToken cancellationToken = default) =>
        (await worker.AskAsync(new WorkerCommand.SendMessage(id, project, messageHandler, role, servers), cancellationToken).ConfigureAwait(false)).Receipts!;

    /// <summary>How many project messages it has got.</summary>
    public async Task<int> ReceivedAsync(CancellationToken cancellationToken = default) =>
        (await worker.ReportAsync(cancellationToken).ConfigureAwait(false)).Messages.GetValueOrDefault(id);

    /// <summary>How many requests a handler has got.</summary>
    public async Task<HandlerReport> ReportAsync(int handler, CancellationToken cancellationToken = default) =>
        (await worker.ReportAsync(cancellationToken).ConfigureAwait(false)).Handlers.Single(report => report.Handler == handler);

    private async Task<RequestOutcome> SendAsync(string? recipient, string path, string body, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var milliseconds = timeout is { } time ? (int?)time.TotalMilliseconds : null;
        var command = new WorkerCommand.Send(id, recipient, path, body, milliseconds);
        return (await worker.AskAsync(command, cancellationToken).ConfigureAwait(false)).Outcome!;
    }
}
