namespace RabbitBridge.ContractTests;

/// <summary>A handler, stream, session listener and filter callback that does whatever the test likes in its callbacks.</summary>
public sealed class CallbackHandler(Action callback)
    : IRequestHandler<string, string>, IRequestStream<string, string>, ISessionListener, IFilteredRequestCallback<string>
{
    private int _closed;

    /// <summary>How often it was told that nothing follows.</summary>
    public int Closed => Volatile.Read(ref _closed);

    /// <summary>Whether the callback is called for the end, and not for what comes before.</summary>
    public bool AtEnd { get; init; }

    public void OnRequest(string request, IRequestContext context, IResponder<string> responder) => Call();

    public void OnRequest(string path, string request, IResponder<string> responder) => Call();

    public void OnError(ErrorReason reason)
    {
    }

    public void OnClose()
    {
        Interlocked.Increment(ref _closed);
        if (AtEnd)
            callback();
    }

    public void OnOpened(SessionId session, IReadOnlyDictionary<string, string> properties) => Call();

    public void OnPropertiesChanged(SessionId session, IReadOnlyDictionary<string, string> properties, IReadOnlyDictionary<string, string?> previous)
    {
    }

    public void OnClosed(SessionId session, IReadOnlyDictionary<string, string> properties, SessionCloseReason reason)
    {
    }

    public void OnResponse(SessionId session, string response) => Call();

    public void OnResponseError(SessionId session, MessagingException exception) => Call();

    private void Call()
    {
        if (!AtEnd)
            callback();
    }
}
