namespace RabbitBridge.Cli.Demo;

/// <summary>What came of the demo.</summary>
/// <param name="Passed">Whether every step happened as designed.</param>
/// <param name="Steps">The steps taken; after the first that failed only the cleaning up.</param>
internal sealed record DemoReport(bool Passed, IReadOnlyList<DemoStep> Steps);
