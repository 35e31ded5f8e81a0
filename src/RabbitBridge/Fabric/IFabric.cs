namespace RabbitBridge.Fabric;

/// <summary>
/// The port between a gateway and what connects it with others. It knows gateways, branches and messages, and nothing of
/// sessions or handlers, and of filters only the headers that stand for them.
/// </summary>
internal interface IFabric : IAsyncDisposable
{
    /// <summary>Whether an epoch is running.</summary>
    bool IsUp { get; }

    /// <summary>Whether the broker takes no messages at the moment: nothing that this gateway says is heard.</summary>
    bool IsBlocked => false;

    /// <summary>
    /// Whether everything has been read that had come to the own inbox by a time. Where that is not known, the fabric finds out, and tells when it is asked again. An
    /// inbox that is behind, or held up by the network, has the words of gateways in it that look silent.
    /// </summary>
    /// <param name="time">The time, in milliseconds of the gateway's clock.</param>
    bool HasReadUntil(long time) => true;

    /// <summary>Why the last attempt to connect has failed, for people; <see langword="null"/> if none has.</summary>
    string? LastFailure => null;

    /// <summary>How many epochs there have been.</summary>
    int Epochs => IsUp ? 1 : 0;

    /// <summary>The bytes of values that wait until the broker has taken them.</summary>
    long UnsentBytes => 0;

    /// <summary>Whether other gateways were there when the epoch began.</summary>
    bool FoundOthers { get; }

    /// <summary>Connects, and reports the first epoch before the task completes.</summary>
    Task StartAsync(FabricIdentity identity, IFabricEvents events, CancellationToken cancellationToken);

    /// <summary>
    /// Has requests for a branch that come through <c>TryPublish</c>, or from elsewhere, delivered to this gateway; in
    /// every epoch until it is unbound. With many branches, some follow after the task has completed.
    /// </summary>
    Task BindAsync(BranchAnnouncement branch, CancellationToken cancellationToken);

    Task UnbindAsync(MessagePath branch, CancellationToken cancellationToken);

    /// <summary>Why requests from elsewhere for a bound branch do not arrive, which is tried again until they do; <see langword="null"/> if nothing is known to be wrong.</summary>
    string? BranchProblem(MessagePath branch) => null;

    /// <summary>Whether <see cref="FindBoundAsync"/> can tell.</summary>
    bool FindsBound => false;

    /// <summary>Lists the queues that services have bound by themselves, which requests that come through <see cref="TryPublish(in RequestEnvelope, MessagePath?)"/> reach.</summary>
    /// <exception cref="CommunicationFailureException">They cannot be told at the moment.</exception>
    /// <exception cref="UnsupportedOperationException">The fabric cannot tell.</exception>
    Task<BoundQueues> FindBoundAsync(CancellationToken cancellationToken) => throw new UnsupportedOperationException("The fabric cannot tell which queues are bound.");

    /// <summary>Looks at an existing service.</summary>
    /// <returns>How it stands with the service.</returns>
    /// <exception cref="CommunicationFailureException">There is no epoch, or it has ended.</exception>
    /// <exception cref="UnsupportedOperationException">The fabric has no services.</exception>
    Task<ServiceStatus> LookAsync(ServiceRoute service, CancellationToken cancellationToken);

    /// <summary>Has requests for a branch that come from elsewhere delivered to an existing service, if it is there and has a queue. Doing so again changes nothing.</summary>
    /// <returns>How it stands with the service.</returns>
    /// <exception cref="CommunicationFailureException">There is no epoch, or it has ended.</exception>
    /// <exception cref="UnsupportedOperationException">The fabric has no services.</exception>
    Task<ServiceStatus> BindAsync(MessagePath path, ServiceRoute service, CancellationToken cancellationToken);

    Task UnbindAsync(MessagePath path, ServiceRoute service, CancellationToken cancellationToken);

    /// <summary>Has requests that come through <see cref="TryPublishToSessions"/> with one of the binding's headers delivered to this gateway; in every epoch until it is unbound.</summary>
    Task BindAsync(SessionBinding binding, CancellationToken cancellationToken);

    Task UnbindAsync(SessionBinding binding, CancellationToken cancellationToken);

    /// <summary>The link to an inbox; the same one each time until it is gone.</summary>
    GatewayLink Link(string address);

    /// <summary>The links of the epoch, or of the last one if none is running.</summary>
    IEnumerable<GatewayLink> Links { get; }

    /// <summary>Forgets a link that the gateway holds for dead.</summary>
    void Drop(GatewayLink link);

    /// <summary>
    /// Sends a request by its path to whoever takes it, within or without this family of gateways.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="branch">The branch to which it is sent, where its gateways have announced that requests shall go through its queue; else <see langword="null"/>: the broker decides.</param>
    HandOver TryPublish(in RequestEnvelope request, MessagePath? branch);

    /// <summary>Sends a request to an existing service.</summary>
    HandOver TryPublish(in RequestEnvelope request, ServiceRoute service);

    /// <summary>Sends a filter request to every gateway that is bound with one of the headers, this one perhaps among them.</summary>
    HandOver TryPublishToSessions(in RequestEnvelope request, IReadOnlyCollection<string> headers);

    /// <summary>Publishes an event for services that only listen. Nobody may; a gateway that is not connected loses it, and counts that.</summary>
    /// <param name="key">The segments of its routing key.</param>
    /// <param name="json">The event.</param>
    void Mirror(IReadOnlyList<string> key, ReadOnlyMemory<byte> json);

    /// <summary>Sends presence to all gateways.</summary>
    void Broadcast(PresenceMessage message);

    /// <summary>Waits, for a short time at most, until everything that was handed over is on its way.</summary>
    Task DrainAsync();

    /// <summary>Sends a message through the broker to the own inbox, and waits until it arrives or the epoch ends.</summary>
    /// <exception cref="CommunicationFailureException">There is no epoch, or it has ended.</exception>
    Task ProbeAsync(CancellationToken cancellationToken);
}
