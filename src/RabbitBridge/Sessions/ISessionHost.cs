using Microsoft.Extensions.Logging;

namespace RabbitBridge.Sessions;

/// <summary>What a session needs of its gateway, which refers to sessions, and not the reverse.</summary>
internal interface ISessionHost
{
    IAuthorizer Authorizer { get; }

    HandlerDirectory Handlers { get; }

    ILogger Logger { get; }

    Clock Clock { get; }

    /// <summary>The largest value that a session may send, in bytes.</summary>
    int MaxMessageBytes { get; }

    /// <summary>Makes a session's features.</summary>
    SessionFeatures FeaturesOf(Session session);

    /// <summary>Takes a session that begins to close out of everything that finds it.</summary>
    void Remove(Session session);

    /// <summary>Ends what a session has under way whose handlers are withdrawn.</summary>
    void EndWorkOf(Session session);
}
