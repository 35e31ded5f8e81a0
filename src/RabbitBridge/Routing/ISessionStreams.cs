using RabbitBridge.Calls;

namespace RabbitBridge.Routing;

/// <summary>Finds who takes the requests to one of this gateway's sessions. Sessions refer to routing, and not the reverse.</summary>
internal interface ISessionStreams
{
    /// <summary>Finds a session's stream for a path.</summary>
    /// <param name="session">The session.</param>
    /// <param name="path">The path.</param>
    /// <param name="isOpen">Whether there is such a session.</param>
    /// <returns>Its stream; <see langword="null"/> if it has none there.</returns>
    RequestReceiver? FindStream(SessionId session, MessagePath path, out bool isOpen);
}
