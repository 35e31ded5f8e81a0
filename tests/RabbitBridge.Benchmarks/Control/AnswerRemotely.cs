namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be a remote session with an echo handler. The address of the ready worker is its gateway's.</summary>
internal sealed record AnswerRemotely(Uri Gateway, string Path) : WorkerCommand;
