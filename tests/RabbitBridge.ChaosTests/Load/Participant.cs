namespace RabbitBridge.ChaosTests.Load;

/// <summary>A remote session that asks and answers.</summary>
internal sealed class Participant(string name, Executions executions, IReadOnlyList<Uri> addresses) : IAsyncDisposable
{
    public const string Project = "chaos";
    private const string Path = "chaos/path";
    private const string Stream = "chaos/stream";
    private const string Handler = "handler";
    private const string Everybody = "$ClientType is 'DOTNET'";
    private static readonly string[] Servers = ["north", "south"];
    private IRemoteSession? _session;

    public string Name => name;

    public IRemoteSession Session => _session ?? throw new InvalidOperationException("It is opened first.");

    public async Task OpenAsync()
    {
        _session = await RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = addresses, Project = Project });
        Session.Messages.SetRequestStream<string, string>(Stream, (_, id, _) => Execute(id));
        await Session.Messages.AddRequestHandlerAsync<string, string>($"{Path}/{name}", (id, _, _) => Execute(id));
        await Session.Projects.AddMessageHandlerAsync(Handler, new ExecutingHandler(id => executions.Add(id, name)));
    }

    public async Task RunAsync(Operation operation, Participant other, TimeSpan timeout)
    {
        var options = new RequestOptions { Timeout = timeout };
        try
        {
            switch (operation.Kind)
            {
                case OperationKind.Path:
                    Check(operation, await Session.Messages.SendRequestAsync<string, string>($"{Path}/{other.Name}", operation.Id, options));
                    break;
                case OperationKind.Session:
                    Check(operation, await Session.Messages.SendRequestAsync<string, string>(other.Session.Id, Stream, operation.Id, options));
                    break;
                case OperationKind.Filter:
                    await RunFilterAsync(operation, options);
                    break;
                default:
                    var receipts = await Session.Projects.SendMessageAsync(
                        Project, Handler, new { id = operation.Id }, new MessageSelection { Scope = MessageScope.Clients }, Servers);
                    operation.Ended(
                        receipts.Count(static receipt => receipt.Status == SendStatus.Sent),
                        [.. receipts.Where(static receipt => receipt.Status != SendStatus.Sent).Select(static receipt => receipt.Status.ToString())]);
                    break;
            }
        }
        catch (MessagingException exception)
        {
            operation.Ended(0, [exception.Reason.ToString()]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is not null)
            await _session.DisposeAsync();
    }

    private async Task RunFilterAsync(Operation operation, RequestOptions options)
    {
        var successes = 0;
        List<string> errors = [];
        try
        {
            await foreach (var answer in Session.Messages.SendRequestToFilterAsync<string, string>(Everybody, Stream, operation.Id, options))
            {
                if (answer.Error is { } error)
                    errors.Add(error.Reason.ToString());
                else
                    successes++;
            }
        }
        catch (MessagingException exception)
        {
            errors.Add(exception.Reason.ToString());
        }

        operation.Ended(successes, errors);
    }

    private ValueTask<string> Execute(string id)
    {
        executions.Add(id, name);
        return ValueTask.FromResult(id);
    }

    private static void Check(Operation operation, string response) => operation.Ended(1, response == operation.Id ? [] : [$"the answer is '{response}'"]);

    private sealed class ExecutingHandler(Action<string> execute) : IMessageHandler
    {
        public Task<object?> OnMessageAsync(ProjectMessage message, CancellationToken cancellationToken)
        {
            execute(message.Payload.GetProperty("id").GetString()!);
            return Task.FromResult<object?>(null);
        }
    }
}
