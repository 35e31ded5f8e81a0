using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace RabbitBridge.Cli.Workers;

/// <summary>The gateway of a worker, its sessions and handlers, and what the commands do with them.</summary>
internal sealed class WorkerGateway(ILogger logger) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ISession> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, (IRegistration Registration, WorkerHandler Handler)> _handlers = new();
    private readonly ConcurrentDictionary<string, int> _messages = new(StringComparer.Ordinal);
    private IGateway? _gateway;
    private int _lastHandler;

    private IGateway Gateway => _gateway ?? throw new InvalidOperationException("The gateway is not started; 'start' comes first.");

    public Task<WorkerReply> ExecuteAsync(WorkerCommand command) => command switch
    {
        WorkerCommand.StartGateway start => StartAsync(start),
        WorkerCommand.OpenSession open => Task.FromResult(Open(open)),
        WorkerCommand.AddHandler add => AddHandlerAsync(add),
        WorkerCommand.ReleaseHandler release => Task.FromResult(Release(release)),
        WorkerCommand.CloseHandler close => CloseHandlerAsync(close),
        WorkerCommand.SetStream set => Task.FromResult(SetStream(set)),
        WorkerCommand.Send send => SendAsync(send),
        WorkerCommand.Receive receive => ReceiveAsync(receive),
        WorkerCommand.SendMessage send => SendMessageAsync(send),
        WorkerCommand.Report report => Task.FromResult(Report(report)),
        _ => throw new ArgumentException($"A worker does not know {command.GetType().Name}.", nameof(command)),
    };

    public async ValueTask DisposeAsync()
    {
        if (_gateway is { } gateway)
            await gateway.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<WorkerReply> StartAsync(WorkerCommand.StartGateway command)
    {
        var options = new GatewayOptions { Name = command.Name };
        if (command.PresenceLimitMilliseconds is { } limit)
            options.PresenceLimit = TimeSpan.FromMilliseconds(limit);
        var gateway = RabbitMqGateway.Create(options, new RabbitMqOptions { Uri = command.Uri, Prefix = command.Prefix }, logger: logger);
        if (Interlocked.CompareExchange(ref _gateway, gateway, null) is not null)
        {
            await gateway.DisposeAsync().ConfigureAwait(false);
            throw new InvalidOperationException("The gateway was started before.");
        }

        await gateway.StartAsync().ConfigureAwait(false);
        return new WorkerReply(command.Id);
    }

    private WorkerReply Open(WorkerCommand.OpenSession command)
    {
        var session = Gateway.OpenSession(new SessionOptions { Project = command.Project, Roles = command.Roles ?? [] });
        var id = session.Id.ToString();
        _sessions[id] = session;
        return new WorkerReply(command.Id) { Session = id };
    }

    private async Task<WorkerReply> AddHandlerAsync(WorkerCommand.AddHandler command)
    {
        var handler = new WorkerHandler(command.Behaviour, command.Answer);
        var registration = await Session(command.Session).Messages.AddRequestHandlerAsync(command.Path, handler).ConfigureAwait(false);
        var number = Interlocked.Increment(ref _lastHandler);
        _handlers[number] = (registration, handler);
        return new WorkerReply(command.Id) { Handler = number };
    }

    private WorkerReply Release(WorkerCommand.ReleaseHandler command)
    {
        Handler(command.Handler).Handler.Release();
        return new WorkerReply(command.Id);
    }

    private async Task<WorkerReply> CloseHandlerAsync(WorkerCommand.CloseHandler command)
    {
        await Handler(command.Handler).Registration.CloseAsync().ConfigureAwait(false);
        return new WorkerReply(command.Id);
    }

    private WorkerReply SetStream(WorkerCommand.SetStream command)
    {
        Session(command.Session).Messages.SetRequestStream(command.Path, new WorkerHandler(command.Behaviour, command.Answer));
        return new WorkerReply(command.Id);
    }

    private async Task<WorkerReply> SendAsync(WorkerCommand.Send command)
    {
        var messages = Session(command.Session).Messages;
        var options = command.TimeoutMilliseconds is { } timeout ? new RequestOptions { Timeout = TimeSpan.FromMilliseconds(timeout) } : null;
        string? response = null;
        MessagingException? error = null;
        var start = Stopwatch.GetTimestamp();
        try
        {
            response = command.Recipient is { } recipient
                ? await messages.SendRequestAsync<string, string>(SessionId.Parse(recipient), command.Path, command.Body, options).ConfigureAwait(false)
                : await messages.SendRequestAsync<string, string>(command.Path, command.Body, options).ConfigureAwait(false);
        }
        catch (MessagingException exception)
        {
            error = exception;
        }

        var microseconds = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        return new WorkerReply(command.Id) { Outcome = new RequestOutcome(response, error?.Reason, error?.Message, microseconds) };
    }

    private async Task<WorkerReply> ReceiveAsync(WorkerCommand.Receive command)
    {
        // Until the session is closed.
        await Session(command.Session).Projects.AddMessageHandlerAsync(
            command.MessageHandler, _ => _messages.AddOrUpdate(command.Session, 1, static (_, count) => count + 1)).ConfigureAwait(false);
        return new WorkerReply(command.Id);
    }

    private async Task<WorkerReply> SendMessageAsync(WorkerCommand.SendMessage command)
    {
        var receipts = await Session(command.Session).Projects.SendMessageAsync(
            command.Project, command.MessageHandler, hasRole: command.Role, remoteServers: command.Servers).ConfigureAwait(false);
        return new WorkerReply(command.Id) { Receipts = [.. receipts.Select(receipt => receipt.ToString())] };
    }

    private WorkerReply Report(WorkerCommand.Report command)
    {
        var handlers = _handlers.OrderBy(pair => pair.Key).Select(pair => pair.Value.Handler.Report(pair.Key, pair.Value.Registration.Path));
        var gateways = Gateway.Gateways.Select(gateway => gateway.Name);
        return new WorkerReply(command.Id)
        {
            Report = new WorkerReport(Gateway.IsConnected, Gateway.PendingRequests, [.. gateways], [.. handlers], _messages.ToDictionary()),
        };
    }

    private ISession Session(string id) =>
        _sessions.TryGetValue(id, out var session) ? session : throw new ArgumentException($"This worker has not opened session '{id}'.", nameof(id));

    private (IRegistration Registration, WorkerHandler Handler) Handler(int number) =>
        _handlers.TryGetValue(number, out var handler) ? handler : throw new ArgumentException($"This worker has no handler {number}.", nameof(number));
}
