namespace RabbitBridge.Calls;

/// <summary>What a session has under way: calls that wait for their answers, and requests that it has not answered.</summary>
/// <param name="session">The session.</param>
/// <param name="maxMessageBytes">The largest value that the session may send, in bytes.</param>
/// <param name="clock">The gateway's clock.</param>
internal sealed class SessionWork(SessionId session, int maxMessageBytes, Clock clock)
{
    private int _calls;
    private int _requests;

    public SessionId Session => session;

    /// <summary>The largest value that the session may send, in bytes.</summary>
    public int MaxMessageBytes => maxMessageBytes;

    /// <summary>The time, in milliseconds of the gateway's clock.</summary>
    public long Now => clock.Now;

    /// <summary>Whether calls of the session wait for their answers.</summary>
    public bool HasCalls => Volatile.Read(ref _calls) > 0;

    /// <summary>Whether the session has requests that it has not answered.</summary>
    public bool HasRequests => Volatile.Read(ref _requests) > 0;

    public void CallStarted() => Interlocked.Increment(ref _calls);

    public void CallEnded() => Interlocked.Decrement(ref _calls);

    public void RequestStarted() => Interlocked.Increment(ref _requests);

    public void RequestEnded() => Interlocked.Decrement(ref _requests);
}
