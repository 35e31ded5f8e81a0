namespace RabbitBridge.RabbitMq.Topology;

/// <summary>A message without content that a gateway sends through the broker to itself, or along a binding that it has just made.</summary>
internal static class ProbeMessage
{
    /// <summary>The AMQP type by which it is known.</summary>
    public const string Type = "rabbitbridge.probe";
}
