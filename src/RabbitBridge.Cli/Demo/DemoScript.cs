using System.Diagnostics;
using RabbitBridge.Cli.Workers;

namespace RabbitBridge.Cli.Demo;

/// <summary>The steps of the demo, each of which checks what it shows.</summary>
internal sealed class DemoScript(DemoWorld world, DemoSettings settings)
{
    private const string SlowPath = "a/b/c/slow";
    private const string Project = "plant";
    private const string Alarm = "alarm";
    private const string Operator = "operator";
    private const int Repetitions = 20;
    private static readonly TimeSpan ArrivalLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ImmediateLimit = TimeSpan.FromSeconds(1);
    private static readonly string Unhandled = ErrorNames.Of(ErrorReason.UnhandledMessage);

    private int _rootHandler;

    /// <summary>In the order in which they are taken.</summary>
    public IReadOnlyList<(string Title, Func<CancellationToken, Task<DemoStep>> Take)> Steps =>
    [
        ("A broker", TakeBrokerAsync),
        ("Two gateway processes share it", StartGatewaysAsync),
        ("Sessions of both register handlers", RegisterAsync),
        ("The most specific handler answers, whichever process has it", AskHandlersAsync),
        ("A request to one session, by its id", AskSessionAsync),
        ("A project message to one role, at both gateways", TellOperatorsAsync),
        ("With the root handler closed, an error at once for what nobody handles", AskNobodyAsync),
        ("A gateway killed with requests in flight: every caller gets a definite answer", KillAsync),
        ("Requests fall to the next handler", AskRemainingAsync),
    ];

    private async Task<DemoStep> TakeBrokerAsync(CancellationToken cancellationToken)
    {
        await world.StartBrokerAsync(cancellationToken).ConfigureAwait(false);
        return Passed($"{world.Broker.Description}, at port {world.Broker.AmqpUri.Port}");
    }

    private async Task<DemoStep> StartGatewaysAsync(CancellationToken cancellationToken)
    {
        await world.StartGatewaysAsync(cancellationToken).ConfigureAwait(false);
        return Passed(
            $"east is process {world.East.Worker.Id}, west is process {world.West.Worker.Id}; one session in each. "
            + $"All names at the broker start with {world.Prefix}");
    }

    private async Task<DemoStep> RegisterAsync(CancellationToken cancellationToken)
    {
        _rootHandler = await world.AddHandlerAsync(world.East, "/", HandlerBehaviour.Fixed, cancellationToken).ConfigureAwait(false);
        await world.AddHandlerAsync(world.West, "a", HandlerBehaviour.Fixed, cancellationToken).ConfigureAwait(false);
        await world.AddHandlerAsync(world.East, "a/b", HandlerBehaviour.Fixed, cancellationToken).ConfigureAwait(false);
        await world.AddHandlerAsync(world.West, "a/b/c", HandlerBehaviour.Fixed, cancellationToken).ConfigureAwait(false);
        return Passed("east: / and a/b; west: a and a/b/c");
    }

    private async Task<DemoStep> AskHandlersAsync(CancellationToken cancellationToken) => Judge(
        "",
        [
            await AskAsync(world.West, "orders/42", "east, /", cancellationToken).ConfigureAwait(false),
            await AskAsync(world.East, "a", "west, a", cancellationToken).ConfigureAwait(false),
            await AskAsync(world.East, "a/x/y", "west, a", cancellationToken).ConfigureAwait(false),
            await AskAsync(world.West, "a/b", "east, a/b", cancellationToken).ConfigureAwait(false),
            await AskAsync(world.West, "a/b/x", "east, a/b", cancellationToken).ConfigureAwait(false),
            await AskAsync(world.East, "a/b/c/d/e", "west, a/b/c", cancellationToken).ConfigureAwait(false),
        ]);

    private async Task<DemoStep> AskSessionAsync(CancellationToken cancellationToken)
    {
        await world.West.SetStreamAsync("greeting", HandlerBehaviour.Fixed, "west, stream greeting", cancellationToken).ConfigureAwait(false);
        return Judge("", [await AskAsync(world.East, "greeting", "west, stream greeting", cancellationToken, world.West).ConfigureAwait(false)]);
    }

    private async Task<DemoStep> TellOperatorsAsync(CancellationToken cancellationToken)
    {
        var (operators, visitors) = (new List<WorkerSession>(), new List<WorkerSession>());
        foreach (var gateway in new[] { world.East.Worker, world.West.Worker })
        {
            operators.Add(await OpenAsync(gateway, Operator).ConfigureAwait(false));
            visitors.Add(await OpenAsync(gateway, "visitor").ConfigureAwait(false));
        }

        string[] servers = [world.East.Worker.Name, world.West.Worker.Name];
        var receipts = await world.East.SendMessageAsync(Project, Alarm, Operator, servers, cancellationToken).ConfigureAwait(false);
        var passed = receipts.Count == operators.Count
            && operators.TrueForAll(session => receipts.Any(receipt => receipt.Contains($"sessionId={session.Id},", StringComparison.Ordinal) && receipt.Contains("sendStatus=SENT", StringComparison.Ordinal)));
        foreach (var session in operators)
        {
            await UntilAsync(
                async () => await session.ReceivedAsync(cancellationToken).ConfigureAwait(false) == 1, () => $"Session {session.Id} has not got the message", cancellationToken).ConfigureAwait(false);
        }

        foreach (var session in visitors)
            passed &= await session.ReceivedAsync(cancellationToken).ConfigureAwait(false) == 0;
        return new DemoStep("", passed, $"east sends '{Alarm}' of project {Project} to all with the role {Operator}: one of two client sessions at each gateway") { Receipts = receipts };

        async Task<WorkerSession> OpenAsync(WorkerProcess gateway, string role)
        {
            var session = await gateway.OpenSessionAsync(Project, [role], cancellationToken).ConfigureAwait(false);
            await session.ReceiveAsync(Alarm, cancellationToken).ConfigureAwait(false);
            return session;
        }
    }

    private async Task<DemoStep> AskNobodyAsync(CancellationToken cancellationToken)
    {
        await world.East.CloseHandlerAsync(_rootHandler, cancellationToken).ConfigureAwait(false);
        return Judge(
            "",
            [
                await AskAsync(world.West, "orders/42", Unhandled, cancellationToken).ConfigureAwait(false),
                await AskAsync(world.East, "orders/42", Unhandled, cancellationToken).ConfigureAwait(false),
            ],
            ImmediateLimit);
    }

    private async Task<DemoStep> KillAsync(CancellationToken cancellationToken)
    {
        var handler = await world.AddHandlerAsync(world.East, SlowPath, HandlerBehaviour.Silent, cancellationToken).ConfigureAwait(false);
        // Set before the first of the answers that it is compared with.
        var kill = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = Enumerable.Range(1, settings.Requests).Select(number => CallAsync(number)).ToArray();
        var ends = Task.WhenAll(calls);
        await UntilInFlightAsync(handler, ends, cancellationToken).ConfigureAwait(false);

        kill.SetResult(Stopwatch.GetTimestamp());
        world.East.Worker.Kill();
        var answers = await ends.ConfigureAwait(false);
        await world.East.Worker.WaitForExitAsync(cancellationToken).ConfigureAwait(false);

        var outcomes = answers.GroupBy(answer => answer.Outcome).ToDictionary(group => group.Key, group => group.Count());
        var death = new DemoDeath(answers.Length, outcomes, answers.Min(answer => answer.Milliseconds), answers.Max(answer => answer.Milliseconds));
        var detail = $"east had {answers.Length} requests from west in hand and got SIGKILL; each has 10 s time";
        var definite = outcomes.Count == 1 && outcomes.ContainsKey(ErrorNames.Of(ErrorReason.CommunicationFailure));
        if (!definite)
            detail += ". Every caller should have got COMMUNICATION_FAILURE";
        else if (death.LastMilliseconds > settings.DeathLimit.TotalMilliseconds)
            detail += FormattableString.Invariant($". The last answer took longer than {settings.DeathLimit.TotalSeconds} s");
        return new DemoStep("", definite && death.LastMilliseconds <= settings.DeathLimit.TotalMilliseconds, detail) { Death = death };

        async Task<(string Outcome, double Milliseconds)> CallAsync(int number)
        {
            var outcome = await world.West.SendAsync(SlowPath, $"request {number}", cancellationToken: cancellationToken).ConfigureAwait(false);
            var end = Stopwatch.GetTimestamp();
            return (outcome.ToString(), Stopwatch.GetElapsedTime(await kill.Task.ConfigureAwait(false), end).TotalMilliseconds);
        }
    }

    private async Task<DemoStep> AskRemainingAsync(CancellationToken cancellationToken) => Judge(
        "east is dead, so west has the next handler of each path",
        [
            await AskAsync(world.West, SlowPath, "west, a/b/c", cancellationToken).ConfigureAwait(false),
            await AskAsync(world.West, "a/b/x", "west, a", cancellationToken).ConfigureAwait(false),
            await AskAsync(world.West, "orders/42", Unhandled, cancellationToken).ConfigureAwait(false),
        ]);

    private async Task UntilInFlightAsync(int handler, Task ends, CancellationToken cancellationToken)
    {
        var received = 0;
        await UntilAsync(
            async () =>
            {
                received = (await world.East.ReportAsync(handler, cancellationToken).ConfigureAwait(false)).Received;
                return received == settings.Requests && !ends.IsCompleted;
            },
            () => $"Of {settings.Requests} requests only {received} reached the handler",
            cancellationToken).ConfigureAwait(false);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, Func<string> missing, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await holds().ConfigureAwait(false))
        {
            if (Stopwatch.GetElapsedTime(start) > ArrivalLimit)
                throw new DemoFailedException($"{missing()} in {ArrivalLimit.TotalSeconds} s.");
            await Task.Delay(10, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<DemoRequest> AskAsync(
        WorkerSession sender, string path, string expected, CancellationToken cancellationToken, WorkerSession? recipient = null)
    {
        var first = await SendAsync().ConfigureAwait(false);
        var times = new List<double>();
        var outcome = first.ToString();
        for (var i = 0; i < Repetitions && outcome == expected; i++)
        {
            var next = await SendAsync().ConfigureAwait(false);
            outcome = next.ToString();
            times.Add(next.Microseconds);
        }

        times.Sort();
        return new DemoRequest(path, sender.Worker.Name, expected, outcome, first.Microseconds, times.Count > 0 ? times[times.Count / 2] : first.Microseconds);

        Task<RequestOutcome> SendAsync() => recipient is null
            ? sender.SendAsync(path, "?", cancellationToken: cancellationToken)
            : sender.SendToAsync(recipient, path, "?", cancellationToken: cancellationToken);
    }

    // The title is that of the list above.
    private static DemoStep Passed(string detail) => new("", Passed: true, detail);

    private static DemoStep Judge(string detail, IReadOnlyList<DemoRequest> requests, TimeSpan? limit = null)
    {
        var late = requests.FirstOrDefault(request => request.FirstMicroseconds > (limit ?? TimeSpan.MaxValue).TotalMicroseconds);
        var passed = late is null && requests.All(request => request.Passed);
        return new DemoStep("", passed, late is null ? detail : $"The answer for {late.Path} took longer than {limit}.") { Requests = requests };
    }
}
