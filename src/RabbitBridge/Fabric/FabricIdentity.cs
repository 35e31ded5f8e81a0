namespace RabbitBridge.Fabric;

/// <summary>Who a gateway is.</summary>
/// <param name="Name">The gateway's name, which outlives its process.</param>
/// <param name="Instance">The number of the process, drawn at random at its start.</param>
/// <param name="Clock">The gateway's clock.</param>
internal sealed record FabricIdentity(string Name, ulong Instance, Clock Clock);
