using System.Diagnostics;
using RabbitBridge.RabbitMq.PublicPlane;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Projects;

/// <summary>Publishes messages to an exchange. A request is answered with <see langword="null"/> when the broker has confirmed.</summary>
internal sealed class AmqpMessageHandler(ProjectChannel channel, string exchange, string routingKey) : IMessageHandler
{
    public async Task<object?> OnMessageAsync(ProjectMessage message, CancellationToken cancellationToken)
    {
        var properties = new BasicProperties
        {
            ContentType = ContentTypes.Json,
            Persistent = true,
            Headers = new Dictionary<string, object?>
            {
                [ProjectHeaders.Project] = message.Project,
                [ProjectHeaders.Handler] = message.MessageHandler,
                [ProjectHeaders.Principal] = message.Principal,
            },
        };
        if (Activity.Current?.Id is { } trace)
            properties.Headers[PublicHeaders.TraceParent] = trace;
        await channel.PublishAsync(exchange, routingKey, properties, message.Json, cancellationToken).ConfigureAwait(false);
        return null;
    }
}
