namespace RabbitBridge;

/// <summary>The projects that a gateway hosts: those for which it has message handlers.</summary>
public interface IGatewayProjects
{
    /// <summary>The projects with a handler, in ordinal order.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Adds a handler for messages and requests that are sent to the gateway.</summary>
    /// <param name="project">The project.</param>
    /// <param name="messageHandler">The handler's name.</param>
    /// <param name="handler">The handler.</param>
    /// <param name="options">How it is called; <see langword="null"/> for the defaults.</param>
    /// <returns>Removes the handler when it is disposed: what waits in its queue is still handled.</returns>
    /// <exception cref="HandlerConflictException">The project has a handler of this name.</exception>
    /// <exception cref="InvalidMessageDataException">A name is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is shorter than 1 ms or longer than 24 days.</exception>
    IDisposable AddMessageHandler(string project, string messageHandler, IMessageHandler handler, MessageHandlerOptions? options = null);
}
