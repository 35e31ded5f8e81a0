namespace RabbitBridge.Cli.Output;

/// <summary>What the command prints cannot be written any more: whoever read it is gone, or the disk is full.</summary>
internal sealed class OutputLostException(string message, Exception cause) : IOException(message, cause);
