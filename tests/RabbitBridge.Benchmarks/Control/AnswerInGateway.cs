namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be a gateway with echo handlers and an echo stream. The address of the ready worker is its session's id.</summary>
internal sealed record AnswerInGateway(Site Site, string Path, int Paths) : WorkerCommand;
