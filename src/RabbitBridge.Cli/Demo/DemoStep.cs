using RabbitBridge.Cli.Demo.Remote;

namespace RabbitBridge.Cli.Demo;

/// <summary>A step of the demo and what came of it.</summary>
/// <param name="Title">What was to happen.</param>
/// <param name="Passed">Whether it happened as designed.</param>
/// <param name="Detail">What happened.</param>
internal sealed record DemoStep(string Title, bool Passed, string Detail)
{
    /// <summary>The requests that were sent, if the step sent some one by one.</summary>
    public IReadOnlyList<DemoRequest>? Requests { get; init; }

    /// <summary>What became of a project message, if the step sent one.</summary>
    public IReadOnlyList<string>? Receipts { get; init; }

    /// <summary>The kill, if this is that step.</summary>
    public DemoDeath? Death { get; init; }

    /// <summary>Who of the remote sessions has asked whom, if this is such a step.</summary>
    public IReadOnlyList<DemoExchange>? Exchanges { get; init; }

    /// <summary>How remote sessions came back, if this is the kill of their gateway.</summary>
    public IReadOnlyList<DemoFailover>? Failovers { get; init; }
}
