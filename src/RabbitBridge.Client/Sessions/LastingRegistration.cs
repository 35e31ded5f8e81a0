using RabbitBridge.Remote;

namespace RabbitBridge.Client.Sessions;

/// <summary>What a client registers with its gateway: once in each of the sessions that it has there one after another, each with a link of its own.</summary>
/// <param name="register">Registers in the session of the link.</param>
internal sealed class LastingRegistration(Func<RemoteLink, Task> register)
{
    private const int FirstPauseMilliseconds = 100;
    private const int LongestPauseMilliseconds = 2000;

    private readonly Lock _gate = new();
    private RemoteLink? _link;
    private Task _registered = Task.CompletedTask;
    private bool _isAdded;
    private bool _isClosed;

    /// <summary>Completes when it is registered in the present session, whichever that is by then.</summary>
    /// <param name="session">The client's session.</param>
    /// <param name="takeBack">Removes it when the caller has given up: the gateway may register it all the same.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RegisterAsync(RemoteSession session, Func<Task> takeBack, CancellationToken cancellationToken)
    {
        try
        {
            await RegisterAsync(session).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            session.RunUnawaited(takeBack);
            throw;
        }
    }

    private async Task RegisterAsync(RemoteSession session)
    {
        while (true)
        {
            var link = session.Link;
            try
            {
                await RegisterAsync(link).ConfigureAwait(false);
                // The client may have moved: the gateway of before serves it for a while only.
                if (session.Link != link)
                    continue;
                lock (_gate)
                    _isAdded = true;
                return;
            }
            catch (MessagingException) when (session.Link != link)
            {
                // There is another session by now, and it is its registration that counts.
            }
        }
    }

    /// <summary>Registers it in a session that has followed another one, and tries on for as long as that session lasts while only the moment is against it (D9).</summary>
    /// <param name="session">The client's session.</param>
    /// <param name="link">The link of the session that has followed.</param>
    /// <param name="failed">Hears of the first failure.</param>
    /// <returns>Whether it may stay: <see langword="false"/> if neither time nor another session would change that it is refused.</returns>
    public async Task<bool> RegisterAgainAsync(RemoteSession session, RemoteLink link, Action<MessagingException> failed)
    {
        for (var pause = FirstPauseMilliseconds; ; pause = Math.Min(2 * pause, LongestPauseMilliseconds))
        {
            try
            {
                await RegisterAsync(link).ConfigureAwait(false);
                return true;
            }
            catch (MessagingException exception)
            {
                // In the next session it is registered anew. A gateway that is being stopped closes its sessions, too.
                if (session.Link != link || session.IsClosed || exception is SessionClosedException || !IsLasting)
                    return true;
                if (pause == FirstPauseMilliseconds)
                    failed(exception);
                if (exception.Reason is ErrorReason.AccessDenied or ErrorReason.InvalidPath or ErrorReason.HandlerConflict or ErrorReason.InvalidData or ErrorReason.InvalidFilter or ErrorReason.Unsupported)
                    return false;
            }

            try
            {
                await Task.Delay(Random.Shared.Next(pause / 2, pause + 1), session.Stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return true;
            }

            if (session.Link != link)
                return true;
        }
    }

    // What fails before it was added is told to whoever adds it.
    private bool IsLasting
    {
        get
        {
            lock (_gate)
                return _isAdded && !_isClosed;
        }
    }

    /// <summary>Registers it in a session, unless that has been done or it is closed.</summary>
    public Task RegisterAsync(RemoteLink link)
    {
        lock (_gate)
        {
            if (_isClosed || (_link == link && !_registered.IsFaulted))
                return _registered;
            _link = link;
            return _registered = register(link);
        }
    }

    /// <summary>It is registered nowhere else from now on.</summary>
    /// <returns>The session in which it is registered, or <see langword="null"/> if it is in none.</returns>
    public async Task<RemoteLink?> CloseAsync()
    {
        Task registered;
        lock (_gate)
        {
            _isClosed = true;
            registered = _registered;
        }

        try
        {
            await registered.ConfigureAwait(false);
            return _link;
        }
        catch (MessagingException)
        {
            // Whoever asked for it has been told.
            return null;
        }
    }
}
