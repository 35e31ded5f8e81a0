using RabbitBridge.Benchmarks.Control;

namespace RabbitBridge.Benchmarks.Scenarios;

/// <summary>One of those that a scenario compares.</summary>
/// <param name="Name">Its name in the results.</param>
/// <param name="Responder">What the answering process is; <see langword="null"/> if there is none.</param>
/// <param name="Caller">What the asking process is, given the address of the answering one.</param>
internal sealed record Subject(string Name, Func<Site, WorkerCommand>? Responder, Func<Site, string, WorkerCommand> Caller)
{
    /// <summary>
    /// A process in between, given the address of the one that <see cref="Responder"/> makes; the caller is given this one's.
    /// </summary>
    public Func<string, WorkerCommand>? Handler { get; init; }

    /// <summary>Whether the answering process is a web server, and has such a one's garbage collector.</summary>
    public bool IsServer { get; init; }
}
