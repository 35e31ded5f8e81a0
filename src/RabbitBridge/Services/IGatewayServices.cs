namespace RabbitBridge;

/// <summary>The existing AMQP services that a gateway has given a path. They stay as long as the gateway runs.</summary>
public interface IGatewayServices
{
    /// <summary>All of them, by path in ordinal order.</summary>
    IReadOnlyList<ServiceInfo> All { get; }

    /// <summary>Whether queues that services have bound by themselves are found, and are among them: where <c>RabbitMq:Management</c> names the broker's management API.</summary>
    bool FindsBoundQueues { get; }

    /// <summary>Adds a service, and waits until every gateway routes by it.</summary>
    /// <param name="service">The service.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that completes when it can be called.</returns>
    /// <exception cref="HandlerConflictException">Handlers of sessions, or another service, have the path.</exception>
    /// <exception cref="IncompatibleStateException">Its queue or exchange is not there, or the gateway's broker user may not use it.</exception>
    /// <exception cref="InvalidPathException">The path is none, or too long or too deep for a handler.</exception>
    /// <exception cref="InvalidMessageDataException">Another option is none.</exception>
    /// <exception cref="CommunicationFailureException">The broker could not be reached within <see cref="GatewayOptions.StartTimeout"/>.</exception>
    /// <exception cref="UnsupportedOperationException">The gateway has no broker.</exception>
    Task AddAsync(ServiceOptions service, CancellationToken cancellationToken = default);

    /// <summary>Keeps a service: it is added as soon as it can be, and again whenever its queue comes back.</summary>
    /// <param name="service">The service.</param>
    /// <exception cref="HandlerConflictException">This gateway keeps another service on the path.</exception>
    /// <exception cref="InvalidPathException">The path is none, or too long or too deep for a handler.</exception>
    /// <exception cref="InvalidMessageDataException">Another option is none.</exception>
    void Keep(ServiceOptions service);

    /// <summary>Removes a service, and waits until no gateway routes by it.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="IncompatibleStateException">The service has bound its queue by itself: it would be found again.</exception>
    Task<bool> RemoveAsync(string path, CancellationToken cancellationToken = default);
}
