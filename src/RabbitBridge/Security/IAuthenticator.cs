namespace RabbitBridge;

/// <summary>
/// Decides whether a client may open a session, and as whom. The authenticators that are registered are asked in order; the
/// first that does not abstain decides, and if all abstain the client is refused. One that throws refuses.
/// </summary>
public interface IAuthenticator
{
    /// <summary>Decides about one client.</summary>
    /// <param name="request">What the client says, and what the gateway knows of it.</param>
    /// <param name="cancellationToken">The client has gone, or the gateway stops.</param>
    /// <returns>The decision.</returns>
    ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken);
}
