using RabbitBridge.Fabric;
using RabbitBridge.Routing;

namespace RabbitBridge.Messages;

/// <summary>
/// Registers and withdraws the handlers of this gateway's sessions: in the routes, at the fabric, and with the other
/// gateways, in the order in which no request finds a way that leads nowhere.
/// </summary>
internal sealed class HandlerDirectory(RouteTable routes, IFabric fabric, Roster roster, GatewayOptions options)
{
    // Changes of one branch follow each other; those of different branches mostly do not wait for each other.
    private readonly SemaphoreSlim[] _stripes = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    /// <exception cref="InvalidPathException">The path is too deep or too long.</exception>
    /// <exception cref="CommunicationFailureException">The fabric could not be reached within the time for connecting.</exception>
    /// <exception cref="HandlerConflictException">Other handlers of the branch have decided otherwise about redelivery, or a service has the branch.</exception>
    public async Task AddAsync(IBranchHandler handler, CancellationToken cancellationToken)
    {
        if (BranchLimits.Problem(handler.Branch) is { } problem)
            throw new InvalidPathException(problem);

        using var limit = new CancellationTokenSource(options.StartTimeout, options.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await AddWithinAsync(handler, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new CommunicationFailureException($"The broker could not be reached within {options.StartTimeout} to register a handler on '{handler.Branch}'.");
        }
    }

    public async Task RemoveAsync(IBranchHandler handler)
    {
        if (await WithdrawAsync(handler).ConfigureAwait(false))
            handler.Receiver.Close();
    }

    /// <summary>Withdraws a handler, without a word to it.</summary>
    /// <returns>Whether it was registered.</returns>
    public async Task<bool> WithdrawAsync(IBranchHandler handler)
    {
        using var _ = await LockAsync(handler.Branch, CancellationToken.None).ConfigureAwait(false);
        if (!handler.Receiver.Session.ForgetHandler(handler))
            return false;
        await TakeBackAsync(handler).ConfigureAwait(false);
        return true;
    }

    private static BranchAnnouncement Announcement(Branch branch) => new(
        branch.Path,
        PropertySelection.Union(branch.Local.Select(handler => handler.Properties)).Keys,
        branch.Local[0].Redelivery);

    private async Task AddWithinAsync(IBranchHandler handler, CancellationToken cancellationToken)
    {
        using var _ = await LockAsync(handler.Branch, cancellationToken).ConfigureAwait(false);
        CheckOthers(handler);
        var branch = routes.AddLocal(handler);
        try
        {
            // The queue is bound before the branch is announced: a gateway that has heard of it may use it at once.
            if (branch.Local.Length == 1)
                await fabric.BindAsync(Announcement(branch), cancellationToken).ConfigureAwait(false);
            await roster.AnnounceAsync(Announcement(branch), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await TakeBackAsync(handler).ConfigureAwait(false);
            throw;
        }
    }

    private async Task TakeBackAsync(IBranchHandler handler)
    {
        var branch = routes.RemoveLocal(handler);
        if (branch.Local.Length > 0)
        {
            await roster.AnnounceAsync(Announcement(branch), CancellationToken.None).ConfigureAwait(false);
            return;
        }

        // Requests that arrive before all others know are passed on from here, see Router.Relay.
        await roster.WithdrawAsync(handler.Branch, CancellationToken.None).ConfigureAwait(false);
        await fabric.UnbindAsync(handler.Branch, CancellationToken.None).ConfigureAwait(false);
    }

    private void CheckOthers(IBranchHandler handler)
    {
        if (routes.Find(handler.Branch, localOnly: false) is not { } branch || branch.Path != handler.Branch)
            return;
        if (branch.Services.FirstOrDefault() is { } external)
        {
            throw new HandlerConflictException(
                $"'{handler.Branch}' belongs to an existing service, {external.Service.Route}{(external.Peer is { } peer ? $", at the gateway {peer.Name}" : "")}; a path has either handlers or one service.");
        }

        var others = branch.Local.Length > 0 ? branch.Local[0].Redelivery : branch.IsQueued;
        if (others != handler.Redelivery)
        {
            throw new HandlerConflictException(
                $"The other handlers on '{handler.Branch}' were registered with Redelivery = {others}; all handlers of a branch must agree.");
        }
    }

    /// <summary>Waits until nothing else changes what has the branch, and keeps it so until the result is disposed.</summary>
    public async Task<IDisposable> LockAsync(MessagePath branch, CancellationToken cancellationToken)
    {
        var stripe = _stripes[(uint)branch.GetHashCode() % (uint)_stripes.Length];
        await stripe.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Release(stripe);
    }

    private sealed class Release(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}
