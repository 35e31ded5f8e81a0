namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be as many connections that call a bare SignalR hub.</summary>
internal sealed record CallHub(Uri Hub, int Connections) : WorkerCommand;
