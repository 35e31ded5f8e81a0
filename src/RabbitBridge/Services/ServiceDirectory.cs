using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;
using RabbitBridge.Routing;

namespace RabbitBridge.Services;

/// <summary>
/// The existing services to which this gateway has given a path: binds their queues, has every gateway route to them, and looks after them, for
/// they come and go without a word.
/// </summary>
internal sealed class ServiceDirectory(
    ulong instance, RouteTable routes, PathClaims claims, PathLocks locks, IFabric fabric, Roster roster, GatewayOptions options, Telemetry telemetry, ILogger logger)
    : IGatewayServices, IAsyncDisposable
{
    /// <summary>How often the broker is asked for the consumers of a service's queue.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<MessagePath, HostedService> _services = new();
    // Each is one HTTP request for each level.
    private static readonly TimeSpan FindInterval = TimeSpan.FromSeconds(10);

    // One change at a time: it is a few each minute.
    private readonly SemaphoreSlim _gate = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _finding = new(1);
    private readonly BoundQueueFinder _finder = new(fabric, logger);
    private Task _watch = Task.CompletedTask;

    public IReadOnlyList<ServiceInfo> All => [.. _services.Values.Where(service => !service.IsLeaving).OrderBy(service => service.Path.Value, StringComparer.Ordinal).Select(service => service.Info)];

    public bool FindsBoundQueues => fabric.FindsBound;

    /// <summary>Begins to look after the services. Called once, when the gateway is connected.</summary>
    public void Start()
    {
        telemetry.ObserveServices(() => _services.Values.Select(service => (service.Path, service.Status.Consumers)));
        _watch = Task.Run(WatchAsync, CancellationToken.None);
    }

    public async Task AddAsync(ServiceOptions service, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(service);
        var (path, route) = ServiceRules.Read(service);
        using var limit = new CancellationTokenSource(options.StartTimeout, options.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await AloneAsync(path, () => AddAloneAsync(new HostedService(path, route, service), both.Token), both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new CommunicationFailureException($"The broker could not be reached within {options.StartTimeout} to add the service on '{path}'.");
        }
    }

    public void Keep(ServiceOptions service)
    {
        ArgumentNullException.ThrowIfNull(service);
        var (path, route) = ServiceRules.Read(service);
        if (!_services.TryAdd(path, new HostedService(path, route, service)))
            throw Taken(path);
    }

    public async Task<bool> RemoveAsync(string path, CancellationToken cancellationToken = default)
    {
        var parsed = MessagePath.Parse(path);
        var wasThere = false;
        await AloneAsync(
            parsed,
            async () =>
            {
                if (!_services.TryGetValue(parsed, out var service) || service.IsLeaving)
                    return;
                if (service.IsFound)
                    throw new IncompatibleStateException($"The service on '{parsed}' has bound {service.Route} by itself; it has to take the binding away.");
                wasThere = true;
                service.IsLeaving = true;
                // Whoever asked may be gone by now; a binding that stayed would share each request with handlers that take the path later.
                await TryLeaveAsync(service).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        return wasThere;
    }

    /// <summary>Looks at every service now, and waits for the outcome.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var service in _services.Values)
        {
            try
            {
                await AloneAsync(service.Path, () => LookAsync(service, cancellationToken), cancellationToken).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever prevents the look at one is logged, tried again, and prevents no other.
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                Log.ServiceNotSeen(logger, exception, service.Path.ToString(), service.Route.ToString());
            }
        }
    }

    /// <summary>Takes in the queues that services have bound by themselves, and lets those go that they have bound no more.</summary>
    public async Task FindAsync(CancellationToken cancellationToken)
    {
        await _finding.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await FindAloneAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _finding.Release();
        }
    }

    private async Task FindAloneAsync(CancellationToken cancellationToken)
    {
        // What was found before is still looked after if the broker did not answer.
        if (await _finder.FindAsync(cancellationToken).ConfigureAwait(false) is not { } found)
            return;
        foreach (var service in _services.Values.Where(service => service.IsFound && found.GetValueOrDefault(service.Path)?.Queue != service.Route.RoutingKey))
        {
            service.IsLeaving = true;
            await AloneAsync(service.Path, () => TryLeaveAsync(service), cancellationToken).ConfigureAwait(false);
        }

        foreach (var (path, options) in found.Where(each => !IsKnown(each.Key, each.Value.Queue!)))
            _services.TryAdd(path, new HostedService(path, ServiceRules.Read(options).Route, options) { IsFound = true });
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(false);
        foreach (var service in _services.Values)
        {
            try
            {
                await AloneAsync(service.Path, () => LeaveAsync(service, CancellationToken.None), CancellationToken.None).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // The gateway stops, whatever the broker says to that.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.ServiceNotUnbound(logger, exception, service.Path.ToString(), service.Route.ToString());
            }
        }
    }

    // One change of services at a time, and none of the path's handlers meanwhile: each looks whether the other is there before it comes.
    private async Task AloneAsync(MessagePath path, Func<Task> change, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using (await locks.EnterAsync(path, cancellationToken).ConfigureAwait(false))
                await change().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task AddAloneAsync(HostedService added, CancellationToken cancellationToken)
    {
        if (Conflict(added) is { } conflict)
            throw new HandlerConflictException(conflict);
        if (!_services.TryAdd(added.Path, added))
            throw Taken(added.Path);
        try
        {
            var status = await ComeAsync(added, cancellationToken).ConfigureAwait(false);
            if (status.State == ServiceState.Missing)
                throw new IncompatibleStateException($"The service on '{added.Path}' cannot be added: {status.Problem}");
            if (status.State == ServiceState.Conflict)
                throw new HandlerConflictException(status.Problem!);
            await ApplyAsync(added, status, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            added.IsLeaving = true;
            await TryLeaveAsync(added).ConfigureAwait(false);
            throw;
        }
    }

    // Bound only where nobody else can be: two queues on one path would each get every request of plain callers.
    private async Task<ServiceStatus> ComeAsync(HostedService service, CancellationToken cancellationToken)
    {
        var status = await fabric.LookAsync(service.Route, cancellationToken).ConfigureAwait(false);
        if (status.State == ServiceState.Missing)
            return status;
        if (!claims.TryClaim(service.Path, service.Route))
            return new ServiceStatus(ServiceState.Conflict, Problem: Conflict(service) ?? $"Handlers of sessions, or another service, have just taken '{service.Path}'.");
        service.IsClaimed = true;
        var objections = await roster.ClaimAsync(service.Path, service.Route, cancellationToken).ConfigureAwait(false);
        if (objections.Count > 0)
        {
            await ReleaseAsync(service, cancellationToken).ConfigureAwait(false);
            return new ServiceStatus(
                ServiceState.Conflict, Problem: $"Handlers of sessions, or another service, have '{service.Path}' at the gateway {objections[0]}; a path has either handlers or one service.");
        }

        claims.Settle(service.Path);
        return await BindAsync(service, cancellationToken).ConfigureAwait(false);
    }

    // Somebody has given the queue the path and more, such as a content type: its binding is one of ours.
    private bool IsKnown(MessagePath path, string queue) =>
        _services.ContainsKey(path) || (routes.Find(path, localOnly: false) is { } branch && branch.Path == path
            && branch.Services.Any(other => !other.Service.IsFound && other.Service.Route.IsQueue && other.Service.Route.RoutingKey == queue));

    private async Task<ServiceStatus> BindAsync(HostedService service, CancellationToken cancellationToken)
    {
        if (service.IsFound)
            return await fabric.LookAsync(service.Route, cancellationToken).ConfigureAwait(false);
        // Before it is known: the answer may be lost after the broker has done it.
        service.IsBound = true;
        var status = await fabric.BindAsync(service.Path, service.Route, cancellationToken).ConfigureAwait(false);
        service.IsBound = status.State != ServiceState.Missing;
        return status;
    }

    // Another gateway that has the same service needs the binding.
    private async Task UnbindAsync(HostedService service, CancellationToken cancellationToken)
    {
        if (service.IsBound && !IsElsewhere(service))
            await fabric.UnbindAsync(service.Path, service.Route, cancellationToken).ConfigureAwait(false);
        service.IsBound = false;
    }

    private async Task TryLeaveAsync(HostedService service)
    {
        try
        {
            await LeaveAsync(service, CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The watch tries again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.ServiceNotUnbound(logger, exception, service.Path.ToString(), service.Route.ToString());
        }
    }

    // Nobody routes to it first, and that is known: of two gateways that leave at once, at least one then finds itself the last, and unbinds.
    private async Task LeaveAsync(HostedService service, CancellationToken cancellationToken)
    {
        await EndRoutesAsync(service, cancellationToken).ConfigureAwait(false);
        // Without the broker it stays, for the watch to try again.
        if (!fabric.IsUp && service.IsBound)
            return;
        await UnbindAsync(service, cancellationToken).ConfigureAwait(false);
        await ReleaseAsync(service, cancellationToken).ConfigureAwait(false);
        _services.TryRemove(new(service.Path, service));
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(LookInterval, options.TimeProvider);
        try
        {
            var looks = 0;
            do
            {
                if (fabric.FindsBound && looks++ % (FindInterval / LookInterval) == 0)
                    await FindAsync(_stopping.Token).ConfigureAwait(false);
                await LookAsync(_stopping.Token).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The gateway stops.
        }
    }

    private async Task LookAsync(HostedService service, CancellationToken cancellationToken)
    {
        // It may have been removed meanwhile.
        if (!fabric.IsUp || !_services.TryGetValue(service.Path, out var present) || present != service)
            return;
        if (service.IsLeaving)
        {
            await LeaveAsync(service, cancellationToken).ConfigureAwait(false);
            return;
        }

        var status = Conflict(service) is { } conflict
            ? new ServiceStatus(ServiceState.Conflict, Problem: conflict)
            : service.IsRouted
                ? await BindAsync(service, cancellationToken).ConfigureAwait(false)
                : await ComeAsync(service, cancellationToken).ConfigureAwait(false);
        if (status != service.Status || status.State == ServiceState.Conflict)
            await ApplyAsync(service, status, cancellationToken).ConfigureAwait(false);
    }

    private async Task ApplyAsync(HostedService service, ServiceStatus status, CancellationToken cancellationToken)
    {
        var before = service.Status;
        service.Status = status;
        if (before.State != status.State || before.Problem != status.Problem)
            Log.ServiceChanged(logger, service.Path.ToString(), service.Route.ToString(), status.State, status.Problem ?? string.Empty);
        if (!service.IsRouted)
        {
            await EndRoutesAsync(service, cancellationToken).ConfigureAwait(false);
            // Two queues for one path would each get every request of plain callers.
            if (status.State == ServiceState.Conflict)
                await UnbindAsync(service, cancellationToken).ConfigureAwait(false);
            await ReleaseAsync(service, cancellationToken).ConfigureAwait(false);
            return;
        }

        var announcement = new ServiceAnnouncement(service.Route, status, IsFound: service.IsFound);
        routes.SetService(service.Path, announcement);
        await roster.AnnounceAsync(new BranchAnnouncement(service.Path, [], Redelivery: false, announcement), cancellationToken).ConfigureAwait(false);
    }

    // The path stays claimed: whoever takes it next must not be bound beside the service.
    private async Task EndRoutesAsync(HostedService service, CancellationToken cancellationToken)
    {
        if (routes.RemoveService(service.Path))
            await roster.AnnounceAsync(new BranchAnnouncement(service.Path, [], Redelivery: false, ServiceAnnouncement.Claim(service.Route)), cancellationToken).ConfigureAwait(false);
    }

    private async Task ReleaseAsync(HostedService service, CancellationToken cancellationToken)
    {
        if (!service.IsClaimed)
            return;
        await roster.WithdrawAsync(service.Path, cancellationToken).ConfigureAwait(false);
        claims.Release(service.Path);
        service.IsClaimed = false;
    }

    private HandlerConflictException Taken(MessagePath path) => new(
        $"This gateway has a service on '{path}' already{(_services.TryGetValue(path, out var other) ? $", {other.Route}" : "")}; remove that one first.");

    private string? Conflict(HostedService service)
    {
        if (routes.Find(service.Path, localOnly: false) is not { } branch || branch.Path != service.Path)
            return null;
        if (branch.Local.Length > 0 || branch.Remote.Length > 0)
            return $"Sessions have handlers on '{service.Path}'{(branch.Local.Length > 0 ? "" : $", at the gateway {branch.Remote[0].Peer.Name}")}; a service cannot have the same path.";
        // Of two that came at once, that of the gateway with the lower number stays.
        return branch.Services.FirstOrDefault(other => other.Service.Route != service.Route && (!service.IsRouted || other.Peer?.Instance < instance)) is { } other
            ? $"The gateway {other.Peer?.Name} has given '{service.Path}' to another service, {other.Service.Route}, or has other options for it."
            : null;
    }

    private bool IsElsewhere(HostedService service) =>
        routes.Find(service.Path, localOnly: false) is { } branch && branch.Path == service.Path && branch.Services.Any(other => other.Peer is not null && other.Service.Route == service.Route);
}
