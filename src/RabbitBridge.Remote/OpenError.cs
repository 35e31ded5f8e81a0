namespace RabbitBridge.Remote;

/// <summary>Why a session was not opened.</summary>
internal sealed record OpenError(int Reason, string Message);
