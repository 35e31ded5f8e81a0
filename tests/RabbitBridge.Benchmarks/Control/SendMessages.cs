namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be a gateway that sends project messages to another one, and waits for each receipt.</summary>
internal sealed record SendMessages(Site Site, string Project, string Server) : WorkerCommand;
