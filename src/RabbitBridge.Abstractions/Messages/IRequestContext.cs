namespace RabbitBridge;

/// <summary>Who sent a request, and to which path.</summary>
public interface IRequestContext
{
    /// <summary>The sender. All zeros if a plain AMQP client sent the request.</summary>
    SessionId SessionId { get; }

    /// <summary>The full message path, in canonical form.</summary>
    string Path { get; }

    /// <summary>Those of the sender's properties that the registration asked for and the sender has.</summary>
    IReadOnlyDictionary<string, string> SessionProperties { get; }
}
