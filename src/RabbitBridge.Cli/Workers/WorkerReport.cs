namespace RabbitBridge.Cli.Workers;

/// <summary>A worker's state.</summary>
/// <param name="Connected">Whether its gateway is connected.</param>
/// <param name="Pending">The number of its requests that wait for their answers.</param>
/// <param name="Gateways">The names of the other gateways that it knows.</param>
/// <param name="Handlers">Its handlers, the closed ones included.</param>
/// <param name="Messages">How many project messages each session that receives some has got, by its id.</param>
internal sealed record WorkerReport(
    bool Connected, int Pending, IReadOnlyList<string> Gateways, IReadOnlyList<HandlerReport> Handlers, IReadOnlyDictionary<string, int> Messages);
