namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be several gateways with sessions that all match one filter and answer it with an echo.</summary>
internal sealed record AnswerFilters(Site Site, string Path, int Gateways, int Sessions) : WorkerCommand;
