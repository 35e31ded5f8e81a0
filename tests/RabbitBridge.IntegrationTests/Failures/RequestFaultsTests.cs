using System.Collections.Concurrent;
using RabbitBridge.ContractTests;
using Xunit.Abstractions;

namespace RabbitBridge.IntegrationTests.Failures;

/// <summary>Wherever the network breaks under calls, each has one outcome, nothing is executed twice or after its time, and all is whole again afterwards. D1, N2.</summary>
[Collection(BrokerGroup.Name)]
public sealed class RequestFaultsTests(BrokerFixture broker, ITestOutputHelper output)
{
    // They wait for what does not come for most of the time, each on a bridge of its own.
    private const int Pairs = 8;

    // All of them take eleven minutes (./bridge faults); each day has others.
    private static readonly bool TakesAll = Environment.GetEnvironmentVariable("RABBITBRIDGE_FAULTS") == "all";

    /// <summary>Who is behind the network, and what becomes of that; <see langword="null"/> for a little of everything.</summary>
    public static TheoryData<Behind, FaultKind?> Cases()
    {
        FaultKind?[] kinds = TakesAll ? [FaultKind.Cut, FaultKind.Swallow, FaultKind.Delay] : [null];
        var cases = new TheoryData<Behind, FaultKind?>();
        foreach (var behind in Enum.GetValues<Behind>())
        {
            foreach (var kind in kinds)
                cases.Add(behind, kind);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Wherever_the_network_fails_under_calls_each_has_one_outcome_and_all_is_whole_afterwards_D1_N2(Behind behind, FaultKind? kind)
    {
        var figures = new FaultFigures();
        await using var first = await FaultyPair.StartAsync(broker.Options(), behind, figures, new CapturingLogger());
        var frames = await first.CountFramesAsync();
        // Seven requests and two changes of handlers, each of a few messages of three frames.
        Assert.InRange(frames, 40, 400);
        var rounds = new ConcurrentQueue<FaultRound>(
            kind is { } one ? FaultRound.All(frames, one) : FaultRound.OfDay(frames, TimeProvider.System.GetUtcNow().DayOfYear));

        await Task.WhenAll(Enumerable.Range(1, Math.Min(Pairs, rounds.Count) - 1).Select(_ => AnotherAsync()).Prepend(BreakAsync(first)));

        output.WriteLine($"Figures: {kind?.ToString() ?? "A little of all"} behind {behind}, {frames} frames: {figures}");

        async Task AnotherAsync()
        {
            await using var pair = await FaultyPair.StartAsync(broker.Options(), behind, figures, new CapturingLogger());
            await BreakAsync(pair);
        }

        async Task BreakAsync(FaultyPair pair)
        {
            while (rounds.TryDequeue(out var round))
                await pair.BreakAsync(round);
        }
    }
}
