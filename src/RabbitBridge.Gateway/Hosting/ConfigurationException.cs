namespace RabbitBridge.Gateway.Hosting;

/// <summary>A section of the configuration cannot be read.</summary>
internal sealed class ConfigurationException(string message, Exception? innerException = null) : Exception(message, innerException);
