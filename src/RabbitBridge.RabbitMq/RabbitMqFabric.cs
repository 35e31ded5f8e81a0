using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.RabbitMq.PublicPlane;
using RabbitBridge.RabbitMq.Publishing;
using RabbitBridge.RabbitMq.Services;
using RabbitBridge.RabbitMq.Tls;
using RabbitBridge.RabbitMq.Topology;
using RabbitBridge.Security;
using Telemetry = RabbitBridge.Diagnostics.Telemetry;

namespace RabbitBridge;

/// <summary>A gateway's connection to the fabric over RabbitMQ: a loop of epochs, and what goes out in the present one.</summary>
internal sealed class RabbitMqFabric(RabbitMqOptions options, int maxMessageBytes, IAuthorizer authorizer, Telemetry telemetry, ILogger logger) : IFabric
{
    private const int WatchMilliseconds = 250;
    private const int SelfProbeMilliseconds = 5000;
    private const int FirstReconnectDelayMilliseconds = 50;

    // Only the handler queues of so many branches are waited for: the broker makes some hundred a second (600 on two cores, measured on 3.10), and gateways do not need them to reach each other.
    private const int AwaitedBranches = 256;

    // The first attempts are impatient, since a network that swallows packets says nothing; a broker that is only slow is given more time with each.
    private static readonly TimeSpan FirstStepLimit = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<MessagePath, BranchAnnouncement> _branches = new();
    private readonly ConcurrentDictionary<SessionBinding, bool> _sessions = new();
    private readonly IAuthorizer _authorizer = GuardedAuthorizer.Of(authorizer, logger);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ManagementApi? _management = options.Management is null ? null : new ManagementApi(options);
    private readonly Lock _gate = new();
    private EpochContext? _context;
    private LiveEpoch? _epoch;
    private LiveEpoch? _latest;
    private TaskCompletionSource<LiveEpoch> _next = NewSignal();
    private Task _loop = Task.CompletedTask;
    private int _attempts;
    private int _epochs;
    private string? _lastFailure;
    private Task _endings = Task.CompletedTask;
    private BrokerHosts? _hosts;

    public bool IsUp => Volatile.Read(ref _epoch) is not null;

    public string? LastFailure => Volatile.Read(ref _lastFailure);

    public int Epochs => Volatile.Read(ref _epochs);

    public long UnsentBytes => Volatile.Read(ref _epoch)?.Publisher.Budget.Taken ?? 0;

    public bool FoundOthers => Volatile.Read(ref _epoch) is { FoundOthers: true };

    public InputFaults Faults => _context!.Faults;

    /// <summary>The present epoch, for tests that look at its inside.</summary>
    public LiveEpoch? CurrentEpoch => Volatile.Read(ref _epoch);

    public async Task StartAsync(FabricIdentity identity, IFabricEvents events, CancellationToken cancellationToken)
    {
        _context = new EpochContext(
            identity, events, _authorizer, options, new Names(options.Prefix), Connector.CreateFactory(options),
            new InputFaults(telemetry, identity.Clock, logger), telemetry, logger, maxMessageBytes);
        telemetry.Server = new MessagingServer(MessagingServer.RabbitMq);
        telemetry.ObserveBranchProblems(() => Volatile.Read(ref _epoch)?.Branches.ProblemCount ?? 0);
        _hosts = Connector.CreateHosts(_context.Factory, options);
        if (!_authorizer.IsGateway(_context.UserName))
            throw new CommunicationFailureException($"The broker user '{_context.UserName}' is not one of a gateway, so all gateways would drop what this one sends: give the user the gateways' role in Security:AmqpUsers.");
        var first = await OpenFirstAsync(cancellationToken).ConfigureAwait(false);
        Begin(first);
        _loop = RunAsync(first);
    }

    public async Task BindAsync(BranchAnnouncement branch, CancellationToken cancellationToken)
    {
        _branches[branch.Path] = branch;
        // Requests that are to be redelivered go through the queue.
        if (_branches.Count <= AwaitedBranches || branch.Redelivery)
            await InAnEpochAsync(epoch => epoch.Branches.Attach(branch).WaitAsync(cancellationToken), branch.Path.ToString(), cancellationToken).ConfigureAwait(false);
        else
            Attach(branch);
    }

    public async Task BindAsync(SessionBinding binding, CancellationToken cancellationToken)
    {
        _sessions[binding] = true;
        await InAnEpochAsync(epoch => epoch.Sessions.BindAsync(binding, cancellationToken), binding.Name, cancellationToken).ConfigureAwait(false);
    }

    public bool IsBlocked => Volatile.Read(ref _epoch) is { IsBlocked: true };

    // Without an epoch nobody is judged.
    public bool HasReadUntil(long time) => Volatile.Read(ref _epoch)?.HasReadUntil(time) == true;

    public string? BranchProblem(MessagePath branch) => Volatile.Read(ref _epoch)?.Branches.Problem(branch);

    public bool FindsBound => _management is not null;

    public Task<BoundQueues> FindBoundAsync(CancellationToken cancellationToken) =>
        _management?.ListAsync(cancellationToken) ?? throw new UnsupportedOperationException("The gateway has no RabbitMq:Management.");

    public Task<ServiceStatus> LookAsync(ServiceRoute service, CancellationToken cancellationToken) =>
        AskAsync(service, services => services.LookAsync(service, cancellationToken));

    public Task<ServiceStatus> BindAsync(MessagePath path, ServiceRoute service, CancellationToken cancellationToken) =>
        AskAsync(service, services => services.BindAsync(path, service, cancellationToken));

    public async Task UnbindAsync(MessagePath path, ServiceRoute service, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _epoch) is { } epoch)
            await epoch.Services.UnbindAsync(path, service, cancellationToken).ConfigureAwait(false);
    }

    public async Task UnbindAsync(SessionBinding binding, CancellationToken cancellationToken)
    {
        _sessions.TryRemove(binding, out _);
        // Without an epoch there is nothing to undo: the bindings go with the inbox.
        if (Volatile.Read(ref _epoch) is { } epoch)
            await epoch.Sessions.UnbindAsync(binding, cancellationToken).ConfigureAwait(false);
    }

    public async Task UnbindAsync(MessagePath branch, CancellationToken cancellationToken)
    {
        _branches.TryRemove(branch, out _);
        // Without an epoch there is nothing to undo: the queue goes with its consumers.
        if (Volatile.Read(ref _epoch) is { } epoch)
            await epoch.Branches.DetachAsync(branch, cancellationToken).ConfigureAwait(false);
    }

    // Whoever asks may have seen an epoch that has ended since: its links take nothing, and are replaced when the next one begins.
    public GatewayLink Link(string address) =>
        (Volatile.Read(ref _latest) ?? throw new InvalidOperationException("The fabric has not been started; links belong to an epoch.")).Links.Link(address);

    public IEnumerable<GatewayLink> Links => Volatile.Read(ref _latest)?.Links.All ?? [];

    public void Drop(GatewayLink link) => Volatile.Read(ref _epoch)?.Links.Drop(link);

    public HandOver TryPublish(in RequestEnvelope request, MessagePath? branch)
    {
        var outcome = TryTake(request, out var epoch);
        if (outcome != HandOver.Taken)
            return outcome;
        epoch.Publisher.Schedule(
            branch is { } queue ? new QueuedRequest(request, queue, epoch.Epoch) : new PublicRequest(request, epoch.Public), inline: true);
        return outcome;
    }

    public HandOver TryPublish(in RequestEnvelope request, ServiceRoute service)
    {
        var outcome = TryTake(request, out var epoch);
        if (outcome != HandOver.Taken)
            return outcome;
        epoch.Publisher.Schedule(new PublicRequest(request, service, epoch.Public), inline: true);
        return outcome;
    }

    public HandOver TryPublishToSessions(in RequestEnvelope request, IReadOnlyCollection<string> headers)
    {
        var outcome = TryTake(request, out var epoch);
        if (outcome != HandOver.Taken)
            return outcome;
        epoch.Publisher.Schedule(new FilterRequest(request, headers, epoch.Epoch), inline: true);
        return outcome;
    }

    public void Mirror(IReadOnlyList<string> key, ReadOnlyMemory<byte> json)
    {
        // While the broker blocks publishers, events must not fill the memory.
        if (Volatile.Read(ref _epoch) is { } epoch && epoch.EventRoom.TryTake())
            epoch.Publisher.Schedule(new MirroredEvent(key, json, epoch.Epoch, epoch.EventRoom), inline: false);
        else
            telemetry.EventLost();
    }

    public void Broadcast(PresenceMessage message)
    {
        if (Volatile.Read(ref _epoch) is { } epoch)
            epoch.Publisher.Schedule(new Broadcast(epoch.Epoch, message), inline: false);
    }

    public async Task DrainAsync()
    {
        if (Volatile.Read(ref _epoch) is not { } epoch)
            return;
        try
        {
            await epoch.DrainAsync().WaitAsync(DrainLimit, _context!.Identity.Clock.TimeProvider).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or MessagingException)
        {
            Log.NotDrained(logger, Connector.Explain(exception));
        }
    }

    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _epoch) is not { } epoch)
            throw new CommunicationFailureException("The gateway is not connected to the broker.");
        var arrived = epoch.ProbeAsync();
        if (await Task.WhenAny(arrived, epoch.Ended).WaitAsync(cancellationToken).ConfigureAwait(false) != arrived)
            throw new CommunicationFailureException("The connection to the broker was lost.");
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        await _endings.ConfigureAwait(false);
        lock (_gate)
            _next.TrySetCanceled();
        _management?.Dispose();
    }

    // Not in a later epoch: whoever asks holds up changes of the path's handlers, and asks again.
    private async Task<ServiceStatus> AskAsync(ServiceRoute service, Func<ServiceBinder, Task<ServiceStatus>> ask)
    {
        if (Volatile.Read(ref _epoch) is not { } epoch)
            throw new CommunicationFailureException("The gateway is not connected to the broker.");
        try
        {
            return await ask(epoch.Services).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or MessagingException))
        {
            throw new CommunicationFailureException($"The broker could not be asked for {service}: {Connector.Explain(exception)}", exception);
        }
    }

    private HandOver TryTake(in RequestEnvelope request, out LiveEpoch epoch)
    {
        epoch = Volatile.Read(ref _epoch)!;
        if (epoch is null)
            return HandOver.Down;
        if (epoch.IsBlocked)
            return HandOver.Blocked;
        return epoch.Publisher.Budget.TryTake(request.Payload.Length) ? HandOver.Taken : HandOver.Full;
    }

    private static TaskCompletionSource<LiveEpoch> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<LiveEpoch> OpenFirstAsync(CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        return await OpenAsync(exception => Connector.ExplainFatal(exception, options), both.Token).ConfigureAwait(false);
    }

    /// <summary>Does something at the broker, in this epoch or, if that ends under it, in a later one.</summary>
    private async Task InAnEpochAsync(Func<LiveEpoch, Task> action, string what, CancellationToken cancellationToken)
    {
        while (true)
        {
            var epoch = await NextEpochAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await action(epoch).ConfigureAwait(false);
                return;
            }
            catch (Exception exception) when (exception is not CommunicationFailureException && epoch.Ended.IsCompleted && !_stopping.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                // The next epoch begins with every binding, this one included.
                Log.BindFailed(logger, what, Connector.Explain(exception));
            }
            catch (Exception exception) when (exception is not (MessagingException or OperationCanceledException))
            {
                throw new CommunicationFailureException($"'{what}' cannot be bound. {Connector.Where(_context!.Factory)}: {Connector.Explain(exception)}", exception);
            }
        }
    }

    /// <summary>Opens the next epoch, however many attempts it takes.</summary>
    /// <param name="explainFatal">Tells which failures end the attempts.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private async Task<LiveEpoch> OpenAsync(Func<Exception, string?> explainFatal, CancellationToken cancellationToken)
    {
        var delay = FirstReconnectDelayMilliseconds;
        var stepLimit = FirstStepLimit;
        var factory = _context!.Factory;
        var hosts = _hosts!;
        Volatile.Write(ref _lastFailure, $"{Connector.Where(factory)} has not answered yet.");
        while (true)
        {
            factory.Endpoint = hosts.Current;
            var where = Connector.Where(factory);
            if (options.Tls.AcceptAnyServer)
                Log.AnyServerAccepted(logger, where);
            var epoch = new LiveEpoch(_context, ++_attempts);
            try
            {
                Connector.RefreshPassword(factory, options);
                await epoch.OpenAsync(_sessions.Keys, Shorter(stepLimit, options.OperationTimeout), cancellationToken).ConfigureAwait(false);
                return epoch;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                Dispose(epoch);
                throw;
            }
#pragma warning disable CA1031 // Whatever prevents an epoch is logged, and tried again until it goes away.
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                Dispose(epoch);
                stepLimit = Shorter(2 * stepLimit, options.OperationTimeout);
                var refused = exception.GetBaseException() as RefusedCertificateException;
                if (refused is not null)
                    Log.CertificateRefused(logger, where, refused.Message);
                if (explainFatal(exception) is { } problem)
                    throw new CommunicationFailureException($"{where}: {problem}", exception);
                // Jitter, so that all gateways do not come back at the same moment.
                var pause = Random.Shared.Next(delay / 2, delay + 1);
                var failure = Connector.Explain(exception, options);
                Volatile.Write(ref _lastFailure, $"{where}: {failure}");
                if (refused is null)
                    Log.ConnectFailed(logger, where, pause, failure);
                await Task.Delay(TimeSpan.FromMilliseconds(pause), _context.Identity.Clock.TimeProvider, cancellationToken).ConfigureAwait(false);
                hosts.Next();
                delay = Math.Min(delay * 2, (int)options.MaxReconnectDelay.TotalMilliseconds);
            }
        }
    }

    private async Task RunAsync(LiveEpoch epoch)
    {
        try
        {
            while (true)
            {
                var reason = await WatchAsync(epoch).ConfigureAwait(false);
                End(epoch, reason);
                Dispose(epoch);
                if (_stopping.IsCancellationRequested)
                    return;
                epoch = await OpenAsync(static _ => null, _stopping.Token).ConfigureAwait(false);
                Begin(epoch);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopped while it was connecting.
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    // Connections of a network that swallows packets take seconds to close; the next epoch does not wait for that.
    private void Dispose(LiveEpoch epoch) => _endings = Task.WhenAll(_endings, epoch.DisposeAsync().AsTask());

    private void Attach(BranchAnnouncement branch)
    {
        if (Volatile.Read(ref _epoch) is not { } epoch)
            return;
        // How it ends is told by the epoch's own list of problems.
        _ = epoch.Branches.Attach(branch);
        // It may have been unbound meanwhile.
        if (!_branches.ContainsKey(branch.Path))
            _ = epoch.Branches.DetachAsync(branch.Path, CancellationToken.None);
    }

    private void Begin(LiveEpoch epoch)
    {
        var former = Interlocked.Exchange(ref _latest, epoch);
        var broker = _context!.Factory.Endpoint;
        telemetry.Server = new MessagingServer(MessagingServer.RabbitMq, broker.HostName, broker.Port);
        Interlocked.Increment(ref _epochs);
        Volatile.Write(ref _epoch, epoch);
        former?.Public.Unanswered.EndIn(epoch.Public);
        lock (_gate)
            _next.TrySetResult(epoch);
        foreach (var branch in _branches.Values)
            Attach(branch);
        _context.Events.OnUp(epoch.Address);
    }

    private void End(LiveEpoch epoch, string reason)
    {
        lock (_gate)
            _next = NewSignal();
        Volatile.Write(ref _epoch, null);
        epoch.CloseLinks();
        _context!.Events.OnDown(reason);
    }

    private async Task<string> WatchAsync(LiveEpoch epoch)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(WatchMilliseconds), _context!.Identity.Clock.TimeProvider);
        using var stopping = _stopping.Token.Register(() => epoch.End("The gateway stops."));
        var ticks = 0;
        while (!epoch.Ended.IsCompleted)
        {
            var tick = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
            if (await Task.WhenAny(epoch.Ended, tick).ConfigureAwait(false) == epoch.Ended)
                break;
            epoch.Watch();
            if (++ticks % (SelfProbeMilliseconds / WatchMilliseconds) == 0)
                _ = epoch.ProbeSelfAsync();
        }

        return await epoch.Ended.ConfigureAwait(false);
    }

    private Task<LiveEpoch> NextEpochAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return _next.Task.WaitAsync(cancellationToken);
    }
}
