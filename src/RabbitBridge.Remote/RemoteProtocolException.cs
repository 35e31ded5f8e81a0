namespace RabbitBridge.Remote;

/// <summary>The other side does not keep to the protocol.</summary>
internal sealed class RemoteProtocolException(string message, Exception? innerException = null) : Exception(message, innerException);
