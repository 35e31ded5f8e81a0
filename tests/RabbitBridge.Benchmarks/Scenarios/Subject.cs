using RabbitBridge.Benchmarks.Control;

namespace RabbitBridge.Benchmarks.Scenarios;

/// <summary>One of those that a scenario compares.</summary>
/// <param name="Name">Its name in the results.</param>
/// <param name="Responder">What the answering process is; <see langword="null"/> if there is none.</param>
/// <param name="Caller">What the asking process is, given the address of the answering one.</param>
internal sealed record Subject(string Name, Func<Site, WorkerCommand>? Responder, Func<Site, string, WorkerCommand> Caller);
