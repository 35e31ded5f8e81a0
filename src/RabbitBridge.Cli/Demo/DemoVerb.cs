using System.CommandLine;

namespace RabbitBridge.Cli.Demo;

/// <summary><c>rabbitbridge demo</c>: gateways answer each other, with sessions inside and from elsewhere, and some of them die.</summary>
internal static class DemoVerb
{
    private const int Interrupted = 130;

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print the steps as one JSON document; progress goes to standard error." };
        var requests = new Option<int>("--requests")
        {
            Description = "How many requests are in flight when a gateway is killed.",
            DefaultValueFactory = _ => 50,
        };
        requests.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 10_000)
                result.AddError("--requests is a number from 1 to 10000.");
        });
        var limit = new Option<double>("--death-limit")
        {
            Description = "Seconds after the kill within which every caller must have an answer.",
            DefaultValueFactory = _ => 3,
        };
        var failover = new Option<double>("--failover-limit")
        {
            Description = "Seconds after the kill of a gateway program within which its remote sessions must serve again.",
            DefaultValueFactory = _ => 5,
        };
        var command = new Command(
            "demo",
            "Two gateway processes answer each other's requests, then one of them is killed; then the same with two gateway programs and remote "
            + "sessions of .NET, Node and a browser. Exits with 0 if all went as designed.")
        {
            json,
            requests,
            limit,
            failover,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            new DemoSettings(
                result.GetValue(json),
                result.GetValue(requests),
                TimeSpan.FromSeconds(result.GetValue(limit)),
                TimeSpan.FromSeconds(result.GetValue(failover))),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(DemoSettings settings, CancellationToken cancellationToken)
    {
        IDemoView view = settings.Json ? new JsonView(Console.Out, Console.Error) : new ConsoleView();
        try
        {
            var report = await new DemoRunner(settings, view).RunAsync(cancellationToken).ConfigureAwait(false);
            // Interrupted in its last step it has done all, and was interrupted nevertheless.
            return cancellationToken.IsCancellationRequested ? Interrupted : report.Passed ? 0 : 1;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Interrupted;
        }
    }
}
