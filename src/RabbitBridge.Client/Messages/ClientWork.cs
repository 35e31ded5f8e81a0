namespace RabbitBridge.Client.Messages;

/// <summary>What all requests of a client have in common, those that it sends as those that it answers.</summary>
internal sealed class ClientWork : IAsyncDisposable
{
    // Finer than in a gateway: see PendingReplies.
    private const int TickMilliseconds = 10;

    private int _requests;

    /// <param name="timeProvider">Tells the time.</param>
    /// <param name="failed">Takes what goes wrong at the end of a request's time.</param>
    public ClientWork(TimeProvider timeProvider, Action<Exception> failed)
    {
        Clock = new Clock(timeProvider);
        Wheel = new TimeoutWheel(Clock, failed, TickMilliseconds);
    }

    public Clock Clock { get; }

    /// <summary>Ends requests whose time is over.</summary>
    public TimeoutWheel Wheel { get; }

    /// <summary>The largest value that the present gateway takes, in bytes.</summary>
    public int MaxMessageBytes { get; set; }

    /// <summary>The present gateway, for telemetry.</summary>
    public MessagingServer Server { get; set; } = new(MessagingServer.RabbitBridge);

    /// <summary>Whether there are requests whose answers are not on their way.</summary>
    public bool HasRequests => Volatile.Read(ref _requests) > 0;

    public void RequestStarted() => Interlocked.Increment(ref _requests);

    public void RequestEnded() => Interlocked.Decrement(ref _requests);

    public ValueTask DisposeAsync() => Wheel.DisposeAsync();
}
