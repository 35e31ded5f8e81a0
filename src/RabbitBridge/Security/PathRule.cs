namespace RabbitBridge.Security;

/// <summary>What is configured for one path and a set of roles.</summary>
/// <param name="Assigned">The union of what is assigned to these roles; <see langword="null"/> if nothing is, which differs from an empty assignment.</param>
/// <param name="IsIsolated">Whether the path inherits nothing.</param>
internal readonly record struct PathRule(PermissionSet? Assigned, bool IsIsolated);
