namespace RabbitBridge.Gateway.Hosting;

/// <summary>What connects the gateways; the configuration key <c>Fabric</c>.</summary>
internal enum FabricKind
{
    /// <summary>RabbitMQ, as the section <c>RabbitMq</c> says.</summary>
    RabbitMq,

    /// <summary>Nothing: a single gateway without a broker, to try things out.</summary>
    InMemory,
}
