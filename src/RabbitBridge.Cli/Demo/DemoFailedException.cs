namespace RabbitBridge.Cli.Demo;

/// <summary>Something did not happen as designed.</summary>
internal sealed class DemoFailedException(string message) : Exception(message);
