namespace RabbitBridge.Cli.Workers;

/// <summary>A worker could not carry out a command, or has ended.</summary>
internal sealed class WorkerException(string message) : Exception(message);
