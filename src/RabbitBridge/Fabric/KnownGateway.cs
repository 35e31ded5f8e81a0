namespace RabbitBridge.Fabric;

/// <summary>A gateway of which another one tells.</summary>
internal sealed record KnownGateway(ulong Instance, string Name, string Address);
