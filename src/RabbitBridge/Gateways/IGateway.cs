namespace RabbitBridge;

/// <summary>A gateway: the process's part of the fabric, with which sessions are opened.</summary>
public interface IGateway : IAsyncDisposable
{
    /// <summary>The gateway's name.</summary>
    string Name { get; }

    /// <summary>The first part of the identifiers of this gateway's sessions; drawn at random for each gateway started.</summary>
    ulong Instance { get; }

    /// <summary>Whether the gateway is connected with the others.</summary>
    bool IsConnected { get; }

    /// <summary>The number of open sessions in this gateway.</summary>
    int SessionCount { get; }

    /// <summary>The number of requests of this gateway that wait for their answers.</summary>
    int PendingRequests { get; }

    /// <summary>The other gateways that are known at the moment.</summary>
    IReadOnlyList<GatewayInfo> Gateways { get; }

    /// <summary>The branches with a handler anywhere, in ordinal order.</summary>
    IReadOnlyList<RouteInfo> Routes { get; }

    /// <summary>The existing AMQP services to which the gateway has given paths.</summary>
    IGatewayServices Services { get; }

    /// <summary>The projects that the gateway hosts.</summary>
    IGatewayProjects Projects { get; }

    /// <summary>Opens a session inside this process.</summary>
    /// <param name="options">Who opens it; <see langword="null"/> for an anonymous session.</param>
    /// <returns>The session.</returns>
    /// <exception cref="ArgumentException">A property's key is not allowed, a key or value is too long, or there are more than 128 user properties.</exception>
    /// <exception cref="InvalidOperationException">The gateway is not started, or stopped.</exception>
    /// <exception cref="AccessDeniedException">The project that it names is not for its roles (<c>Security:Projects</c>).</exception>
    ISession OpenSession(SessionOptions? options = null);

    /// <summary>Opens a session inside this process, and waits until every gateway's filter requests reach it by all its properties.</summary>
    /// <param name="options">Who opens it; <see langword="null"/> for an anonymous session.</param>
    /// <param name="cancellationToken">Gives up; the session is closed again.</param>
    /// <returns>The session.</returns>
    /// <exception cref="ArgumentException">A property's key is not allowed, a key or value is too long, or there are more than 128 user properties.</exception>
    /// <exception cref="InvalidOperationException">The gateway is not started, or stopped.</exception>
    /// <exception cref="AccessDeniedException">The project that it names is not for its roles (<c>Security:Projects</c>).</exception>
    Task<ISession> OpenSessionAsync(SessionOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Connects the gateway. When the task completes, the routes of all other gateways are known.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that completes when the gateway is connected.</returns>
    /// <exception cref="CommunicationFailureException">It could not connect within <see cref="GatewayOptions.StartTimeout"/>.</exception>
    Task StartAsync(CancellationToken cancellationToken = default);

    /// <summary>Closes all sessions, tells the other gateways, and disconnects.</summary>
    /// <returns>A task that completes when nothing of the gateway is left.</returns>
    Task StopAsync();

    /// <summary>Sends a message through the broker to the gateway's own inbox and waits until it arrives: the gateway is of use only if that works.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How long it took.</returns>
    /// <exception cref="CommunicationFailureException">The gateway is not connected.</exception>
    Task<TimeSpan> PingAsync(CancellationToken cancellationToken = default);
}
