namespace RabbitBridge;

/// <summary>A stream that answers requests sent to its session; its requests' types are those of <see cref="IRequestStream{TRequest, TResponse}"/>.</summary>
public interface IRequestStream
{
    /// <summary>Called when a request could not be passed on, for instance because its bytes are not valid for its type.</summary>
    /// <param name="reason">What was wrong. The sender has been told.</param>
    void OnError(ErrorReason reason)
    {
    }

    /// <summary>Called once: when the stream is removed or replaced, or when its session is closed. No request follows.</summary>
    void OnClose()
    {
    }
}
