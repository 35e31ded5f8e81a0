using RabbitBridge.Calls;
using RabbitBridge.Fabric;
using RabbitBridge.Routing;

namespace RabbitBridge.Sessions;

/// <summary>
/// Registers and withdraws the handlers of this gateway's sessions: in the routes, at the fabric, and with the other
/// gateways, in the order in which no request finds a way that leads nowhere.
/// </summary>
internal sealed class HandlerDirectory(RouteTable routes, PathClaims claims, PathLocks locks, IFabric fabric, Roster roster, GatewayOptions options)
{
    /// <exception cref="InvalidPathException">The path is too deep or too long.</exception>
    /// <exception cref="OverloadedException">The gateway has so many handlers that the others cannot be told of another one.</exception>
    /// <exception cref="CommunicationFailureException">The fabric could not be reached within the time for connecting.</exception>
    /// <exception cref="SessionClosedException">The session has been closed meanwhile.</exception>
    /// <exception cref="HandlerConflictException">Other handlers of the branch have decided otherwise about redelivery, or a service has the branch.</exception>
    public async Task AddAsync(Session session, IBranchHandler handler, CancellationToken cancellationToken)
    {
        if (BranchLimits.Problem(handler.Branch) is { } problem)
            throw new InvalidPathException(problem);

        using var limit = new CancellationTokenSource(options.StartTimeout, options.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token, session.Closing);
        try
        {
            await AddWithinAsync(session, handler, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (session.IsClosed && !cancellationToken.IsCancellationRequested)
        {
            throw Closed(session, handler);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new CommunicationFailureException($"A handler on '{handler.Branch}' could not be registered at the broker within {options.StartTimeout}{(fabric.BranchProblem(handler.Branch) is { } wrong ? $": {wrong}." : ".")}");
        }
    }

    public async Task RemoveAsync(Session session, IBranchHandler handler)
    {
        if (await WithdrawAsync(session, handler).ConfigureAwait(false))
            handler.Receiver.Close();
    }

    /// <summary>Withdraws a handler, without a word to it.</summary>
    /// <returns>Whether it was registered.</returns>
    public async Task<bool> WithdrawAsync(Session session, IBranchHandler handler)
    {
        // One that has not come so far: whoever registers the path's first handler may wait for the broker, and hold the lock.
        if (!claims.HasHandler(handler))
            return session.ForgetHandler(handler);
        using var _ = await locks.EnterAsync(handler.Branch, CancellationToken.None).ConfigureAwait(false);
        if (!session.ForgetHandler(handler))
            return false;
        await TakeBackAsync(handler, isRegistered: true).ConfigureAwait(false);
        return true;
    }

    private static BranchAnnouncement Announcement(Branch branch) => new(
        branch.Path,
        PropertySelection.Union(branch.Local.Select(handler => handler.Properties)).Keys,
        branch.Local[0].Redelivery);

    private async Task AddWithinAsync(Session session, IBranchHandler handler, CancellationToken cancellationToken)
    {
        Task known;
        using (await locks.EnterAsync(handler.Branch, cancellationToken).ConfigureAwait(false))
        {
            CheckRemembered(session, handler);
            CheckOthers(handler);
            Claim(handler);
            try
            {
                var branch = await PlaceAsync(handler, cancellationToken).ConfigureAwait(false);
                known = roster.AnnounceHandlersAsync(Announcement(branch), cancellationToken);
                // What cannot be announced is taken back before anybody else finds it.
                if (known.IsFaulted)
                    await known.ConfigureAwait(false);
            }
            catch
            {
                await TakeBackAsync(handler, isRegistered: false).ConfigureAwait(false);
                throw;
            }
        }

        // Without the lock: it may take as long as an outage does, and other sessions' handlers of the path come and go meanwhile.
        try
        {
            await known.ConfigureAwait(false);
            CheckRemembered(session, handler);
        }
        catch
        {
            // It has been withdrawn meanwhile, and the path may be somebody else's.
            if (!claims.HasHandler(handler))
                throw;
            using var _ = await locks.EnterAsync(handler.Branch, CancellationToken.None).ConfigureAwait(false);
            await TakeBackAsync(handler, isRegistered: false).ConfigureAwait(false);
            throw;
        }
    }

    private void Claim(IBranchHandler handler)
    {
        if (claims.AddHandler(handler) is var (service, gateway))
        {
            throw new HandlerConflictException(
                $"'{handler.Branch}' belongs to an existing service, {service}{(roster.Find(gateway) is { } peer ? $", at the gateway {peer.Name}" : "")}; a path has either handlers or one service.");
        }
    }

    // Everything but the announcement: from then on requests may come.
    private async Task<Branch> PlaceAsync(IBranchHandler handler, CancellationToken cancellationToken)
    {
        // Whoever asks for properties gets no request from a gateway that does not know yet what it is to send along (D19). What goes through the queue brings all.
        var asks = !handler.Redelivery && !handler.Properties.IsEmpty;
        if (asks && routes.Find(handler.Branch, localOnly: true) is { } others && others.Path == handler.Branch)
            // Under the lock, however long it takes: until it is known, a request that came for one of the others must not find this one.
            await roster.AnnounceHandlersAsync(Announcement(others with { Local = [.. others.Local, handler] }), cancellationToken).ConfigureAwait(false);
        var branch = routes.AddLocal(handler);
        if (branch.Local.Length > 1)
            return branch;
        if (asks)
            await roster.AnnounceAsync(Announcement(branch), cancellationToken).ConfigureAwait(false);
        // Where requests go through the queue, it is bound before the branch is announced: a gateway that has heard of it may use it at once.
        await fabric.BindAsync(Announcement(branch), cancellationToken).ConfigureAwait(false);
        return branch;
    }

    // One that was never registered, so that the application counts on nothing, goes without waiting until the others know: what they send meanwhile is passed on, or comes
    // back from the queue that is gone, and is routed anew.
    private async Task TakeBackAsync(IBranchHandler handler, bool isRegistered)
    {
        // One that was refused: its session may close before it is forgotten, and what has the path must not be withdrawn in its place.
        if (!claims.HasHandler(handler))
            return;
        try
        {
            var branch = routes.RemoveLocal(handler);
            if (branch.Local.Length > 0)
            {
                roster.AnnounceFewer(Announcement(branch));
                return;
            }

            // Requests that arrive before all others know are passed on from here, see Router.Relay.
            if (isRegistered)
                await roster.WithdrawAsync(handler.Branch, CancellationToken.None).ConfigureAwait(false);
            else
                roster.Withdraw(handler.Branch);
            await fabric.UnbindAsync(handler.Branch, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            claims.RemoveHandler(handler);
        }
    }

    // Its session may have been closed, and have forgotten what was not there yet.
    private static void CheckRemembered(Session session, IBranchHandler handler)
    {
        if (!session.Remembers(handler))
            throw Closed(session, handler);
    }

    private static SessionClosedException Closed(Session session, IBranchHandler handler) =>
        new($"Session {session.Id} was closed while it registered a handler on '{handler.Branch}'.");

    private void CheckOthers(IBranchHandler handler)
    {
        if (routes.Find(handler.Branch, localOnly: false) is not { } branch || branch.Path != handler.Branch || branch.Local.Length + branch.Remote.Length == 0)
            return;
        var others = branch.Local.Length > 0 ? branch.Local[0].Redelivery : branch.IsQueued;
        if (others != handler.Redelivery)
        {
            throw new HandlerConflictException(
                $"The other handlers on '{handler.Branch}' were registered with Redelivery = {others}; all handlers of a branch must agree.");
        }
    }
}
