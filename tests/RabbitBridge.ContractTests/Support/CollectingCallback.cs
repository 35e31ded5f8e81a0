using System.Collections.Concurrent;

namespace RabbitBridge.ContractTests;

/// <summary>Keeps what sessions answered to a filter request.</summary>
public sealed class CollectingCallback : IFilteredRequestCallback<string>
{
    public ConcurrentDictionary<SessionId, string> Responses { get; } = new();

    public ConcurrentDictionary<SessionId, MessagingException> Errors { get; } = new();

    /// <summary>Why nothing more comes.</summary>
    public ConcurrentQueue<MessagingException> Ends { get; } = new();

    /// <summary>How often the callback was called for a session.</summary>
    public int Calls => _calls;

    public void OnResponse(SessionId session, string response)
    {
        Interlocked.Increment(ref _calls);
        Responses[session] = response;
    }

    public void OnResponseError(SessionId session, MessagingException exception)
    {
        Interlocked.Increment(ref _calls);
        Errors[session] = exception;
    }

    public void OnError(MessagingException exception) => Ends.Enqueue(exception);

    /// <summary>Waits until so many sessions have answered.</summary>
    public Task ReceiveAsync(int count) => Eventually.TrueAsync(() => Calls >= count, $"{count} sessions have answered, not {Calls}");

    private int _calls;
}
