namespace RabbitBridge;

/// <summary>What a request handler wants.</summary>
public sealed record RequestHandlerOptions
{
    /// <summary>
    /// Keys of the sender's session properties that each request shall bring along, see <see cref="SessionProperty"/>. Only
    /// these travel with the requests.
    /// </summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<string> SessionProperties { get; init; } = [];

    /// <summary>
    /// Whether a request whose gateway died before answering is given to another handler on the same branch. The handler
    /// must then bear being called twice for one request, and each request crosses the broker as a message of its own.
    /// All handlers of a branch must agree.
    /// </summary>
    /// <value>The default is <see langword="false"/>: a request is executed at most once.</value>
    public bool Redelivery { get; init; }
}
