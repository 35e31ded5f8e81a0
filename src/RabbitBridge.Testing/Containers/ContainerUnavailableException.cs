namespace RabbitBridge.Testing.Containers;

#pragma warning disable CA1032, CA1064 // Only the choice of a broker knows it; everybody else sees its base.

/// <summary>The engine has no such image, or does not run containers: another kind of broker may still do.</summary>
internal sealed class ContainerUnavailableException(string message, Exception innerException) : TestBrokerException(message, innerException);
