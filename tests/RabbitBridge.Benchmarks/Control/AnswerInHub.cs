namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be a bare SignalR hub that echoes. The address of the ready worker is the hub's.</summary>
internal sealed record AnswerInHub : WorkerCommand;
