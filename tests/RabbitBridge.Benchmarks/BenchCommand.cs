using System.CommandLine;
using System.CommandLine.Parsing;
using RabbitBridge.Benchmarks.Feats;
using RabbitBridge.Benchmarks.Scenarios;

namespace RabbitBridge.Benchmarks;

/// <summary>The command line.</summary>
internal static class BenchCommand
{
    public static RootCommand Create()
    {
        var scenario = new Option<string[]>("--scenario") { Description = "What to measure, several times for several. Default: everything." };
        scenario.AcceptOnlyFromAmong([.. ScenarioList.All.Select(known => known.Name), .. FeatList.All.Select(known => known.Name)]);
        var callers = new Option<int[]>("--callers") { Description = "How many callers, several times for several. Default: as each scenario says." };
        var seconds = new Option<double>("--seconds") { Description = "The time of each measurement.", DefaultValueFactory = _ => 4 };
        var warmUp = new Option<double>("--warm-up") { Description = "The time before each measurement.", DefaultValueFactory = _ => 2 };
        var rounds = new Option<int>("--rounds") { Description = "How often each is measured; the medians count.", DefaultValueFactory = _ => 3 };
        foreach (var option in (IEnumerable<Option<double>>)[seconds, warmUp])
            option.Validators.Add(result => Require(result, result.GetValue(option) is > 0 and <= 600, "more than 0, and 600 at most"));
        rounds.Validators.Add(result => Require(result, result.GetValue(rounds) is > 0 and <= 100, "1 to 100"));
        callers.Validators.Add(result => Require(
            result, (result.GetValue(callers) ?? []).All(number => number is > 0 and <= 10_000), "1 to 10,000"));
        var json = new Option<FileInfo?>("--json") { Description = "A file for the results." };
        var gate = new Option<bool>("--gate") { Description = "Exit with 1 if a target is missed." };
        var command = new RootCommand("Measures RabbitBridge beside RPC written by hand with RabbitMQ.Client.")
        {
            scenario, callers, seconds, warmUp, rounds, json, gate,
        };
        command.SetAction((line, cancellationToken) => RunAsync(
            new BenchOptions(
                Choose(line.GetValue(scenario) ?? [], line.GetValue(callers) ?? []),
                [.. FeatList.All.Where(feat => IsChosen(feat.Name, line.GetValue(scenario) ?? []))],
                TimeSpan.FromSeconds(line.GetValue(warmUp)),
                TimeSpan.FromSeconds(line.GetValue(seconds)),
                line.GetValue(rounds),
                line.GetValue(json),
                line.GetValue(gate)),
            cancellationToken));
        return command;
    }

    private static void Require(OptionResult option, bool isAllowed, string range)
    {
        if (!isAllowed)
            option.AddError($"{option.Option.Name} takes {range}.");
    }

    private static IReadOnlyList<Scenario> Choose(string[] names, int[] callers) =>
    [
        .. ScenarioList.All
            .Where(scenario => IsChosen(scenario.Name, names))
            // Where requests are counted, one caller sends them.
            .Select(scenario => callers.Length == 0 || scenario.Requests is not null ? scenario : scenario with { Callers = callers }),
    ];

    private static bool IsChosen(string name, string[] names) => names.Length == 0 || names.Contains(name);

    private static async Task<int> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await new Bench(options).RunAsync(cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The end of the program: whatever it is, a person wants its text and not a dump.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync(cancellationToken.IsCancellationRequested ? "Stopped." : exception.Message).ConfigureAwait(false);
            return ExitCodes.Failed;
        }
    }
}
