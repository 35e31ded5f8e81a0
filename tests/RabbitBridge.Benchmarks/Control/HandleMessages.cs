namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be a gateway with a message handler of a project. The address of the ready worker is its gateway's name.</summary>
internal sealed record HandleMessages(Site Site, string Project) : WorkerCommand;
