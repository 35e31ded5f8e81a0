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

    /// <summary>
    /// How many requests the handler has at once. A request counts from the call of the handler until its answer; until the handler's end, where
    /// nobody waits for the answer any more and the handler is a function.
    /// </summary>
    /// <value>The default is <see langword="null"/>: no limit. At least 1.</value>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int? MaxConcurrency
    {
        get;
        init
        {
            if (value is { } most)
                ArgumentOutOfRangeException.ThrowIfLessThan(most, 1, nameof(MaxConcurrency));
            field = value;
        }
    }

    /// <summary>
    /// How many requests beyond <see cref="MaxConcurrency"/> wait for their turn, the oldest first and each as long as its time allows. One more ends
    /// with <see cref="ErrorReason.Overloaded"/> at once.
    /// </summary>
    /// <value>The default is 1,000. 0 or more.</value>
    /// <exception cref="ArgumentOutOfRangeException">Less than 0.</exception>
    public int MaxWaiting
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(MaxWaiting));
            field = value;
        }
    } = 1000;
}
