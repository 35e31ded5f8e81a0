namespace RabbitBridge.Docker.Testing.Tests;

/// <summary>The gateways do not do what they should.</summary>
internal sealed class CrossingException(string message) : Exception(message);
