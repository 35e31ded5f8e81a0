namespace RabbitBridge;

/// <summary>What carries messages, as OpenTelemetry's conventions name it: told with each span and measurement.</summary>
/// <param name="system">The messaging system.</param>
/// <param name="address">The host that messages are sent to, if there is one.</param>
/// <param name="port">Its port.</param>
internal sealed class MessagingServer(string system, string? address = null, int port = 0)
{
    /// <summary>RabbitBridge itself: what a client knows of a gateway, and what there is where gateways meet in memory.</summary>
    public const string RabbitBridge = "rabbitbridge";

    /// <summary>The conventions' own name of RabbitMQ.</summary>
    public const string RabbitMq = "rabbitmq";

    public string System => system;

    public string? Address => address;

    /// <summary>Boxed once, and not for each measurement.</summary>
    public object Port { get; } = port;
}
