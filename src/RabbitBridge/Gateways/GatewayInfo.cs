namespace RabbitBridge;

/// <summary>Another gateway of the fabric.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Instance">The first part of its sessions' identifiers.</param>
/// <param name="Branches">The number of branches that it handles.</param>
public sealed record GatewayInfo(string Name, ulong Instance, int Branches);
