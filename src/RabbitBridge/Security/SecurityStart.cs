namespace RabbitBridge.Security;

/// <summary>
/// Stands for the security settings where options are checked at the start of a host. They themselves are not checked there:
/// that would make an options monitor of them, which throws at every bad reload.
/// </summary>
internal sealed class SecurityStart;
