namespace RabbitBridge;

/// <summary>A session at a gateway that runs elsewhere.</summary>
public interface IRemoteSession : ISession
{
    /// <summary>The name of the gateway at which the session is, or was last.</summary>
    string Gateway { get; }

    /// <summary>How the connection stands.</summary>
    RemoteSessionState State { get; }

    /// <summary>
    /// Raised after each change of <see cref="State"/>, in order, which by then may have changed again. What a listener throws is logged and
    /// concerns no other listener; a listener may close the session and wait for that.
    /// </summary>
    event Action<IRemoteSession, RemoteSessionState>? StateChanged;

    /// <summary>Asks the gateway which gateways it knows and which branches have handlers. Needs VIEW_SESSION.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer.</returns>
    Task<FabricView> GetFabricAsync(CancellationToken cancellationToken = default);

    /// <summary>Gives an existing AMQP service a path at the session's gateway, for as long as that runs. Needs CONTROL_SERVER.</summary>
    /// <param name="service">The service.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes when every gateway routes by it.</returns>
    /// <exception cref="HandlerConflictException">Handlers of sessions, or another service, have the path.</exception>
    /// <exception cref="IncompatibleStateException">Its queue or exchange is not there.</exception>
    /// <exception cref="MessagingException">One of the other reasons.</exception>
    Task AddServiceAsync(ServiceOptions service, CancellationToken cancellationToken = default);

    /// <summary>Takes the path away from a service that the session's gateway has. Needs CONTROL_SERVER.</summary>
    /// <param name="path">The path.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there was such a service.</returns>
    Task<bool> RemoveServiceAsync(string path, CancellationToken cancellationToken = default);

    /// <summary>Asks the gateway for the services that it has given paths. Needs VIEW_SESSION.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The services, by path.</returns>
    Task<IReadOnlyList<ServiceInfo>> GetServicesAsync(CancellationToken cancellationToken = default);

    /// <summary>Why the session was closed; <see langword="null"/> while it is open.</summary>
    SessionCloseReason? CloseReason { get; }

    /// <summary>
    /// What more there is to say of <see cref="CloseReason"/>, for people: what the gateway has said, or why the last attempt to connect anew has
    /// failed, such as a token that is not accepted any more. <see langword="null"/> while the session is open; may be empty.
    /// </summary>
    string? CloseMessage { get; }
}
