using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RabbitBridge.RabbitMq.Projects;

namespace RabbitBridge;

/// <summary>Has the messages of a project published at the broker.</summary>
public static class RabbitMqProjectExtensions
{
    private const int MaxNameBytes = 255;

    /// <summary>
    /// Publishes messages as persistent JSON over a connection of its own to the broker of <c>UseRabbitMq</c>. The handler is done when the
    /// broker has confirmed; a message that no queue takes is a failure.
    /// </summary>
    /// <param name="project">The project.</param>
    /// <param name="messageHandler">The handler's name.</param>
    /// <param name="exchange">The exchange, which must exist; empty for the default exchange, where the routing key is a queue's name.</param>
    /// <param name="routingKey">The routing key.</param>
    /// <param name="options">How it is called; <see langword="null"/> for the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="HandlerConflictException">The project has a handler of this name.</exception>
    /// <exception cref="InvalidMessageDataException">A name is empty.</exception>
    /// <exception cref="ArgumentException">The exchange or the routing key has more than 255 bytes.</exception>
    public static ProjectBuilder OnMessagePublish(
        this ProjectBuilder project, string messageHandler, string exchange, string routingKey, MessageHandlerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(routingKey);
        if (Encoding.UTF8.GetByteCount(exchange) > MaxNameBytes || Encoding.UTF8.GetByteCount(routingKey) > MaxNameBytes)
            throw new ArgumentException($"Names of exchanges and routing keys have at most {MaxNameBytes} bytes.");
        project.Services.TryAddSingleton(static provider => new ProjectConnection(
            provider.GetRequiredService<IOptions<RabbitMqOptions>>().Value,
            provider.GetRequiredService<IOptions<GatewayOptions>>().Value.Name,
            provider.GetService<ILogger<IGateway>>() ?? NullLogger<IGateway>.Instance));
        return project.Add(
            messageHandler, provider => new AmqpMessageHandler(provider.GetRequiredService<ProjectConnection>().NewChannel(), exchange, routingKey), options);
    }
}
