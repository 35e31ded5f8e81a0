using RabbitBridge.Benchmarks.Feats;
using RabbitBridge.Benchmarks.Scenarios;

namespace RabbitBridge.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchOptions(
    IReadOnlyList<Scenario> Scenarios, IReadOnlyList<Feat> Feats, TimeSpan WarmUp, TimeSpan Duration, int Rounds, FileInfo? Json, bool Gate);
