namespace RabbitBridge.Hosting;

/// <summary>Opens the session of a host: at the host's own gateway, or at one elsewhere.</summary>
internal interface ISessionOpener
{
    Task<ISession> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Whether a session that was closed is to be followed by another one, and not the end of what the host may do.</summary>
    bool IsToBeOpenedAgain(ISession closed);

    /// <summary>Whether the session has requests that it has not answered, begun or not.</summary>
    bool HasRequests(ISession session);
}
