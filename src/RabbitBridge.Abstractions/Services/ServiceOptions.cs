namespace RabbitBridge;

/// <summary>
/// An existing AMQP service that knows nothing of RabbitBridge, and the path under which sessions reach it. It takes each request from its
/// queue and publishes the answer to the request's <c>reply_to</c> with its <c>correlation_id</c>, as in RabbitMQ's own RPC tutorial.
/// </summary>
public sealed record ServiceOptions
{
    /// <summary>The branch of the paths whose requests the service gets; the full path is in the header <c>rb-path</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The service's queue, which exists; <see langword="null"/> if <see cref="Exchange"/> is set.</summary>
    /// <value>The default is <see langword="null"/>. Plain AMQP callers reach the queue by its path as well.</value>
    public string? Queue { get; init; }

    /// <summary>The exchange, which exists, to which requests are published; <see langword="null"/> if <see cref="Queue"/> is set.</summary>
    /// <value>The default is <see langword="null"/>. Plain AMQP callers do not reach it by its path: the broker cannot change their routing keys.</value>
    public string? Exchange { get; init; }

    /// <summary>The routing key for <see cref="Exchange"/>.</summary>
    /// <value>The default is empty.</value>
    public string RoutingKey { get; init; } = string.Empty;

    /// <summary>
    /// The content type that the service reads and writes: requests are marked with it, and answers without one are taken as it. A text, a number
    /// and JSON pass for each other where their bytes are the same; what does not is refused with INCOMPATIBLE_DATATYPE.
    /// </summary>
    /// <value>The default is <see langword="null"/>: requests keep theirs, and answers without one are bytes.</value>
    public string? ContentType { get; init; }

    /// <summary>How long the service may take, if the caller's own time is not over before.</summary>
    /// <value>The default is <see langword="null"/>: the caller's time. At least 1 ms, at most 24 days.</value>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>A header that makes an answer an error, REJECTED_REQUEST, with the header's value as its text.</summary>
    /// <value>The default is <see langword="null"/>. <c>rb-status</c> and <c>rb-error</c> count in any case.</value>
    public string? ErrorHeader { get; init; }

    /// <summary>A property that makes an answer an error if it is a JSON object with it, not null, with the property's value as its text.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? ErrorProperty { get; init; }

    /// <summary>
    /// Whether sessions' requests wait in the queue while nobody consumes it, until their time is over. Otherwise they end with UNHANDLED_MESSAGE at
    /// once, from when a gateway has noticed, which it does within 2 s. Plain AMQP callers' requests wait in any case: the broker has them already.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool WaitForConsumers { get; init; }
}
