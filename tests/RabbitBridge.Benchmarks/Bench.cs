using System.Diagnostics;
using System.Globalization;
using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Feats;
using RabbitBridge.Benchmarks.Measuring;
using RabbitBridge.Benchmarks.Reports;
using RabbitBridge.Benchmarks.Scenarios;
using RabbitBridge.Testing;

namespace RabbitBridge.Benchmarks;

/// <summary>A run: broker, scenarios, report.</summary>
internal sealed class Bench(BenchOptions options)
{
    // Any feat is over long before, unless something hangs.
    private static readonly TimeSpan FeatLimit = TimeSpan.FromMinutes(5);
    private readonly ConsoleReport _console = new();

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        WarnOfDebugBuild();
        // Before anything of the run itself puts load on the machine.
        var machine = Machine.Describe();
        var broker = await TestBroker.StartAsync(new TestBrokerOptions { Progress = _console.Say }, cancellationToken).ConfigureAwait(false);
        await using (broker.ConfigureAwait(false))
        {
            using var process = await BrokerProcess.FindAsync(broker).ConfigureAwait(false);
            var results = new List<Result>();
            foreach (var scenario in options.Scenarios)
                results.AddRange(await RunAsync(scenario, broker, process, cancellationToken).ConfigureAwait(false));
            var figures = new List<Figure>();
            foreach (var feat in options.Feats)
                figures.AddRange(await RunAsync(feat, broker.Kind, cancellationToken).ConfigureAwait(false));
            return await ReportAsync(broker.Description, machine, results, figures, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<Result>> RunAsync(
        Scenario scenario, TestBroker broker, BrokerProcess? process, CancellationToken cancellationToken)
    {
        _console.Begin(scenario.Name, scenario.Summary);
        var pairs = new List<Pair>();
        try
        {
            foreach (var subject in scenario.Subjects)
                pairs.Add(await Pair.StartAsync(subject, broker, cancellationToken).ConfigureAwait(false));
            var results = new List<Result>();
            foreach (var callers in scenario.Callers)
                results.AddRange(await RunAsync(scenario, callers, pairs, broker, process, cancellationToken).ConfigureAwait(false));
            return results;
        }
        finally
        {
            await Task.WhenAll(pairs.Select(pair => pair.DisposeAsync().AsTask())).ConfigureAwait(false);
        }
    }

    /// <summary>Measures the subjects in turn, round by round, so that what else the machine does meets them alike.</summary>
    private async Task<IEnumerable<Result>> RunAsync(
        Scenario scenario, int callers, IReadOnlyList<Pair> pairs, TestBroker broker, BrokerProcess? process, CancellationToken cancellationToken)
    {
        var rounds = pairs.Select(_ => new List<Round>()).ToArray();
        for (var number = 1; number <= options.Rounds * scenario.RoundsFactor; number++)
        {
            var order = new Measure(
                callers, scenario.PayloadBytes, scenario.WarmUp(options.WarmUp, number), options.Duration, scenario.Requests);
            foreach (var (index, pair) in pairs.Index())
            {
                var bytes = scenario.MeasuresMemory ? await pair.IdleBytesAsync(cancellationToken).ConfigureAwait(false) : (long?)null;
                var before = scenario.CountsMessages ? await BrokerMessages.CountAsync(broker).ConfigureAwait(false) : null;
                var round = await pair.MeasureAsync(order, process, cancellationToken).ConfigureAwait(false);
                var after = scenario.CountsMessages ? await BrokerMessages.CountAsync(broker).ConfigureAwait(false) : null;
                round = round with { Messages = (double?)(after - before) / round.Measured.AllRequests, IdleBytes = bytes, CallerStart = pair.CallerStart };
                rounds[index].Add(round);
                _console.Say(Describe(callers, number, pair.Name, round.Measured));
            }
        }

        return pairs.Select((pair, index) => new Result(scenario, pair.Name, callers, rounds[index]));
    }

    private async Task<IReadOnlyList<Figure>> RunAsync(Feat feat, TestBrokerKind kind, CancellationToken cancellationToken)
    {
        _console.Begin(feat.Name, feat.Summary);
        if (kind == TestBrokerKind.External)
        {
            _console.Say("  left out: it takes its broker away, and this one is somebody else's");
            return [];
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(FeatLimit);
        try
        {
            var stage = await Stage.SetAsync(_console.Say, limit.Token).ConfigureAwait(false);
            await using (stage.ConfigureAwait(false))
                return await feat.RunAsync(stage, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"'{feat.Name}' was not over after {FeatLimit.TotalMinutes:0} minutes.", exception);
        }
    }

    [Conditional("DEBUG")]
    private void WarnOfDebugBuild() =>
        _console.Say("This is a debug build, whose figures mean nothing: build it with -c Release.");

    private static string Describe(int callers, int number, string subject, Measured measured)
    {
        var figures = string.Create(
            CultureInfo.InvariantCulture,
            $"  {callers,3} callers, round {number,2}: {subject,-19} {measured.PerSecond,9:N0}/s, p50 {measured.P50Microseconds,7:N1} us, p99 {measured.P99Microseconds,8:N1} us");
        return measured.StarvedCallers == 0 ? figures : $"{figures}, {measured.StarvedCallers} callers got no answer";
    }

    private async Task<int> ReportAsync(
        string broker, string machine, IReadOnlyList<Result> results, IReadOnlyList<Figure> figures, CancellationToken cancellationToken)
    {
        var ratios = RatioList.Of(results);
        _console.Show(broker, machine, results, ratios, figures);
        if (options.Json is { } file)
            await JsonReport.Of(broker, machine, results, ratios, figures).WriteAsync(file, cancellationToken).ConfigureAwait(false);
        var isMissed = ratios.Any(ratio => ratio.IsMet == false) || figures.Any(figure => figure.IsMet == false);
        return options.Gate && isMissed ? ExitCodes.TargetMissed : ExitCodes.Done;
    }
}
