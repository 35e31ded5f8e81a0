using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RabbitBridge.Hosting;

namespace RabbitBridge;

/// <summary>Names the message handlers that a host's gateway has for a project.</summary>
public sealed class ProjectBuilder
{
    internal ProjectBuilder(IServiceCollection services, string project) => (Services, Project) = (services, project);

    /// <summary>The services of the host.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The project.</summary>
    public string Project { get; }

    /// <summary>Handles messages with a handler that is there already.</summary>
    /// <param name="messageHandler">The handler's name.</param>
    /// <param name="handler">The handler.</param>
    /// <param name="options">How it is called; <see langword="null"/> for the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="HandlerConflictException">The project has a handler of this name.</exception>
    /// <exception cref="InvalidMessageDataException">A name is empty.</exception>
    public ProjectBuilder OnMessage(string messageHandler, IMessageHandler handler, MessageHandlerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(messageHandler, _ => handler, options);
    }

    /// <summary>Handles messages with a function, whose result answers requests.</summary>
    /// <param name="messageHandler">The handler's name.</param>
    /// <param name="handler">The function.</param>
    /// <param name="options">How it is called; <see langword="null"/> for the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="HandlerConflictException">The project has a handler of this name.</exception>
    /// <exception cref="InvalidMessageDataException">A name is empty.</exception>
    public ProjectBuilder OnMessage(string messageHandler, Func<ProjectMessage, CancellationToken, Task<object?>> handler, MessageHandlerOptions? options = null) =>
        OnMessage(messageHandler, new FunctionMessageHandler(handler), options);

    /// <summary>Handles messages with a function; requests are answered with <see langword="null"/>.</summary>
    /// <param name="messageHandler">The handler's name.</param>
    /// <param name="handler">The function.</param>
    /// <param name="options">How it is called; <see langword="null"/> for the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="HandlerConflictException">The project has a handler of this name.</exception>
    /// <exception cref="InvalidMessageDataException">A name is empty.</exception>
    public ProjectBuilder OnMessage(string messageHandler, Action<ProjectMessage> handler, MessageHandlerOptions? options = null) =>
        OnMessage(messageHandler, new FunctionMessageHandler(handler), options);

    /// <summary>
    /// Handles each message with a handler from a new service scope, which ends when the message is handled. The type is
    /// registered as a scoped service unless the host has registered it before.
    /// </summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <param name="messageHandler">The handler's name.</param>
    /// <param name="options">How it is called; <see langword="null"/> for the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="HandlerConflictException">The project has a handler of this name.</exception>
    /// <exception cref="InvalidMessageDataException">A name is empty.</exception>
    public ProjectBuilder OnMessage<THandler>(string messageHandler, MessageHandlerOptions? options = null)
        where THandler : class, IMessageHandler
    {
        Add(messageHandler, static provider => new ScopedMessageHandler<THandler>(provider.GetRequiredService<IServiceScopeFactory>()), options);
        Services.TryAddScoped<THandler>();
        return this;
    }

    /// <summary>Handles messages with what is made together with the gateway.</summary>
    internal ProjectBuilder Add(string messageHandler, Func<IServiceProvider, IMessageHandler> make, MessageHandlerOptions? options)
    {
        ProjectPayload.CheckNames(Project, messageHandler);
        // Told here, and not when the gateway is made: there the line that did it is far away.
        if (Services.Any(service => service.ImplementationInstance is HostedMessageHandler other && other.Project == Project && other.Name == messageHandler))
            throw new HandlerConflictException($"The project '{Project}' has a message handler '{messageHandler}' already.");
        Services.AddSingleton(new HostedMessageHandler(Project, messageHandler, make, options));
        return this;
    }
}
