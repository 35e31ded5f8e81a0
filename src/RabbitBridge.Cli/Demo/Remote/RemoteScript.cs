using System.Diagnostics;
using System.Globalization;

namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>The demo's steps with remote sessions, each of which checks what it shows.</summary>
internal sealed class RemoteScript(RemoteWorld world, DemoSettings settings)
{
    private const int Repetitions = 20;

    /// <summary>In the order in which they are taken.</summary>
    public IReadOnlyList<(string Title, Func<CancellationToken, Task<DemoStep>> Take)> Steps =>
    [
        ("Two gateway programs for sessions from elsewhere", StartAsync),
        ("Remote sessions register handlers", OpenAsync),
        ("Remote sessions ask each other, across the gateways, and a plain AMQP client asks them", AskAsync),
        ("A gateway program killed under load: its sessions go to the other one, and serve again", KillAsync),
        ("All answer as before", AskAsync),
    ];

    private async Task<DemoStep> StartAsync(CancellationToken cancellationToken)
    {
        await world.StartGatewaysAsync(cancellationToken).ConfigureAwait(false);
        string[] lines = [$"north is at {world.North.Address}, south at {world.South.Address}", .. world.Absent];
        return new DemoStep("", Passed: true, string.Join('\n', lines));
    }

    private async Task<DemoStep> OpenAsync(CancellationToken cancellationToken)
    {
        await world.OpenSessionsAsync(cancellationToken).ConfigureAwait(false);
        return new DemoStep("", Passed: true, string.Join('\n', world.Participants.Select(each => $"demo/{each.Name}: {each.Kind}, at {each.Gateway}")));
    }

    private async Task<DemoStep> AskAsync(CancellationToken cancellationToken)
    {
        var exchanges = new List<DemoExchange>();
        foreach (var asker in world.Participants)
        {
            foreach (var asked in world.Participants.Where(each => each != asker))
            {
                var expected = Expected(asked);
                var answer = await asker.AskAsync($"demo/{asked.Name}", expected, Repetitions, cancellationToken).ConfigureAwait(false);
                exchanges.Add(Exchange(asker, $"demo/{asked.Name}", [asked], expected, answer));
            }
        }

        foreach (var asked in world.Participants)
        {
            var expected = Expected(asked);
            var answer = await world.Plain.AskAsync($"demo/{asked.Name}", expected, Repetitions, cancellationToken).ConfigureAwait(false);
            exchanges.Add(new DemoExchange("plain AMQP", $"demo/{asked.Name}", Where(asked), expected, answer.Outcome, answer.FirstMicroseconds, answer.MedianMicroseconds));
        }

        var filter = string.Join(" or ", world.Participants.Select(each => $"$ClientType is '{each.ClientType}'"));
        var all = string.Join("; ", world.Participants.Select(Expected).Order(StringComparer.Ordinal));
        var answers = await world.DotNet.AskAllAsync(filter, all, Repetitions, cancellationToken).ConfigureAwait(false);
        exchanges.Add(Exchange(world.DotNet, "all, by a filter", world.Participants, all, answers));
        return new DemoStep("", exchanges.TrueForAll(exchange => exchange.Passed), "") { Exchanges = exchanges };
    }

    private async Task<DemoStep> KillAsync(CancellationToken cancellationToken)
    {
        var options = new ClientOptions { Addresses = [world.South.Address] };
        var caller = await RabbitBridgeClient.ConnectAsync(options, cancellationToken).ConfigureAwait(false);
        await using (caller.ConfigureAwait(false))
        {
            var loads = new List<ServiceLoad>();
            try
            {
                foreach (var service in world.Participants.Where(each => each.Gateway == world.North.Name))
                    loads.Add(await ServiceLoad.StartAsync(caller, service.Name, world.North.Name, world.South.Name, cancellationToken).ConfigureAwait(false));
                var kill = Stopwatch.GetTimestamp();
                world.North.Kill();
                return Judge(await Task.WhenAll(loads.Select(load => load.EndAsync(kill, cancellationToken))).ConfigureAwait(false));
            }
            finally
            {
                foreach (var load in loads)
                    await load.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private DemoStep Judge(DemoFailover[] failovers)
    {
        var slowest = failovers.MaxBy(each => each.AllBackMilliseconds)!;
        var passed = slowest.AllBackMilliseconds <= settings.FailoverLimit.TotalMilliseconds;
        var detail = string.Join('\n', failovers.Select(each => string.Create(
            CultureInfo.InvariantCulture,
            $"demo/{each.Service} is back after {each.BackMilliseconds:0} ms, for each of {each.Callers} callers at {each.To} after {each.AllBackMilliseconds:0} ms")));
        if (!passed)
            detail += FormattableString.Invariant($". That is longer than {settings.FailoverLimit.TotalSeconds} s");
        return new DemoStep("", passed, detail) { Failovers = failovers };
    }

    // Before the kill the browser is where .NET is; afterwards everybody is at south.
    private string Expected(IParticipant asked) => $"{asked.Name}, {Where(asked)}";

    private string Where(IParticipant participant) =>
        participant.Name == "node" || world.DotNet.Gateway == world.South.Name ? world.South.Name : world.North.Name;

    private DemoExchange Exchange(IParticipant asker, string asked, IEnumerable<IParticipant> recipients, string expected, Answer answer)
    {
        string[] gateways = [Where(asker), .. recipients.Select(Where)];
        return new DemoExchange(
            asker.Name, asked, string.Join(", ", gateways.Distinct()), expected, answer.Outcome, answer.FirstMicroseconds, answer.MedianMicroseconds);
    }
}
