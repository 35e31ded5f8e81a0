using System.Collections.Concurrent;

namespace RabbitBridge.ContractTests;

/// <summary>A handler and stream that holds its requests for the test to answer, and notes everything that it is told.</summary>
public sealed class HoldingHandler : IRequestHandler<string, string>, IRequestStream<string, string>
{
    private readonly ConcurrentQueue<HeldRequest> _requests = new();
    private int _closed;

    /// <summary>Everything that came, answered or not.</summary>
    public IReadOnlyList<HeldRequest> Requests => [.. _requests];

    public ConcurrentQueue<ErrorReason> Errors { get; } = new();

    public int Closed => Volatile.Read(ref _closed);

    public void OnRequest(string request, IRequestContext context, IResponder<string> responder)
    {
        ArgumentNullException.ThrowIfNull(context);
        _requests.Enqueue(new HeldRequest(request, context.Path, context, responder));
    }

    public void OnRequest(string path, string request, IResponder<string> responder) =>
        _requests.Enqueue(new HeldRequest(request, path, null, responder));

    public void OnError(ErrorReason reason) => Errors.Enqueue(reason);

    public void OnClose() => Interlocked.Increment(ref _closed);

    /// <summary>Waits until so many requests have come in all, and gives the last of them.</summary>
    public async Task<HeldRequest> ReceiveAsync(int count = 1)
    {
        await Eventually.TrueAsync(() => _requests.Count >= count, $"request number {count} has reached the handler");
        return _requests.ElementAt(count - 1);
    }

    public void AnswerAll(string text)
    {
        foreach (var request in _requests)
            request.Responder.Respond(text);
    }
}
