namespace RabbitBridge.Cli.Workers;

/// <summary>A line of a worker's standard output. Which members it has depends on the command.</summary>
internal sealed record WorkerReply(long Id)
{
    /// <summary>Why the command could not be carried out.</summary>
    public string? Failure { get; init; }

    public string? Session { get; init; }

    public int? Handler { get; init; }

    public RequestOutcome? Outcome { get; init; }

    /// <summary>What became of a project message.</summary>
    public IReadOnlyList<string>? Receipts { get; init; }

    public WorkerReport? Report { get; init; }
}
