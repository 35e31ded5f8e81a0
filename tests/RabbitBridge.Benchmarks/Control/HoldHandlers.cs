namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be a gateway with a session, to which handlers are added later.</summary>
internal sealed record HoldHandlers(Site Site) : WorkerCommand;
