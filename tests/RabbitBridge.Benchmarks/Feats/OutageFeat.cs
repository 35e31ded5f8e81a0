using RabbitBridge.Benchmarks.Control;

namespace RabbitBridge.Benchmarks.Feats;

/// <summary>
/// The broker takes nothing for a minute, while a gateway sends 1,000 requests of 10 KiB a second to another one: neither fills up, every request ends in
/// time, and all is as before as soon as the broker is.
/// </summary>
internal abstract class OutageFeat(string name, string summary) : Feat(name, summary)
{
    private const string Path = "echo";
    private const int PerSecond = 1_000;
    private const int Capacity = 240 * PerSecond;
    private const double MemoryLimit = 64;
    private const double LatenessLimit = 100;
    private const double WholeLimit = 2;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Prelude = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);
    // The gateway's default.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public override async Task<IReadOnlyList<Figure>> RunAsync(Stage stage, CancellationToken cancellationToken)
    {
        var responder = await GatewayProcess.StartAsync(stage, "responder", new AnswerInGateway(stage.Site, Path, Paths: 1), cancellationToken).ConfigureAwait(false);
        var caller = await GatewayProcess.StartAsync(stage, "caller", new CallSteadily(stage.Site, Path, Capacity), cancellationToken).ConfigureAwait(false);
        await using (responder.ConfigureAwait(false))
        await using (caller.ConfigureAwait(false))
            return await RunAsync(stage, caller, responder, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the broker away.</summary>
    /// <returns>When it went, or the last moment before.</returns>
    protected abstract Task<DateTimeOffset> BreakAsync(Stage stage);

    /// <summary>Gives it back.</summary>
    /// <returns>The first moment at which it is of use again.</returns>
    protected abstract Task<DateTimeOffset> MendAsync(Stage stage, CancellationToken cancellationToken);

    private async Task<IReadOnlyList<Figure>> RunAsync(Stage stage, GatewayProcess caller, GatewayProcess responder, CancellationToken cancellationToken)
    {
        var load = new BeginLoad(PerSecond, 10 * 1024, Timeout);

        await caller.Worker.AskAsync<Ready>(load, cancellationToken).ConfigureAwait(false);
        await Task.Delay(WarmUp, cancellationToken).ConfigureAwait(false);
        var warmedUp = TimeProvider.System.GetUtcNow();
        var warmUp = await caller.Worker.AskAsync<LoadEnded>(new EndLoad(warmedUp, warmedUp), cancellationToken).ConfigureAwait(false);
        await Task.Delay(Settling, cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(caller.BeginAsync(cancellationToken), responder.BeginAsync(cancellationToken)).ConfigureAwait(false);

        await caller.Worker.AskAsync<Ready>(load, cancellationToken).ConfigureAwait(false);
        await Task.Delay(Prelude, cancellationToken).ConfigureAwait(false);
        var broken = await BreakAsync(stage).ConfigureAwait(false);
        stage.Say($"  the broker is gone for {Duration.TotalSeconds:0} s");
        await Task.Delay(Duration, cancellationToken).ConfigureAwait(false);
        var mended = await MendAsync(stage, cancellationToken).ConfigureAwait(false);
        stage.Say("  the broker is back");
        await Task.Delay(Aftermath, cancellationToken).ConfigureAwait(false);
        var ended = await caller.Worker.AskAsync<LoadEnded>(new EndLoad(broken, mended), cancellationToken).ConfigureAwait(false);
        await Task.Delay(Settling, cancellationToken).ConfigureAwait(false);
        var growths = await Task.WhenAll(caller.EndAsync(cancellationToken), responder.EndAsync(cancellationToken)).ConfigureAwait(false);
        return [.. Ends(warmUp, ended), .. growths.SelectMany(Memory)];
    }

    private IEnumerable<Figure> Ends(LoadEnded warmUp, LoadEnded ended)
    {
        // A machine that cannot carry the load at all proves nothing.
        yield return Figure.AtMost($"{Name}-unanswered-before", "requests without an answer before the outage", warmUp.Sent - warmUp.Answered, 0);
        yield return Figure.Told($"{Name}-sent", "requests sent until the broker is back", ended.Sent);
        yield return Figure.Told($"{Name}-answered", "of them answered", ended.Answered);
        foreach (var (reason, count) in ended.Errors.OrderBy(error => error.Key, StringComparer.Ordinal))
            yield return Figure.Told($"{Name}-ended-{reason}", $"of them ended with {reason}", count);
        yield return Figure.AtMost($"{Name}-ended-wrongly", "of them ended with none of the reasons that are allowed", ended.Errors.Where(error => !IsAllowed(error.Key)).Sum(error => error.Value), 0);
        yield return Figure.AtMost($"{Name}-timed-out-inside", "of them timed out though sent more than 1 s after the broker went", ended.TimeOutsInside, 0);
        yield return Figure.AtMost($"{Name}-unended", "requests without an end", ended.Unended, 0);
        yield return Figure.AtMost($"{Name}-latest-milliseconds", "ms from a request's deadline to its end, the latest of all", ended.LatestMilliseconds, LatenessLimit);
        yield return Figure.AtMost($"{Name}-whole-seconds", "s from the broker's return to the last of 100 answers in a row", ended.WholeSeconds, WholeLimit);
    }

    private IEnumerable<Figure> Memory(MemoryGrowth growth)
    {
        yield return Figure.AtMost($"{Name}-{growth.Process}-heap-growth", $"MiB that the {growth.Process}'s heap has grown by, without garbage", growth.Heap, MemoryLimit);
        yield return Figure.AtMost($"{Name}-{growth.Process}-resident-growth", $"MiB that the {growth.Process}'s process has grown by", growth.Resident, MemoryLimit);
        yield return Figure.Told($"{Name}-{growth.Process}-peak-growth", $"MiB that the {growth.Process}'s process had more at its peak, garbage included", growth.Peak);
    }

    private static bool IsAllowed(string reason) =>
        reason is nameof(ErrorReason.Overloaded) or nameof(ErrorReason.CommunicationFailure) or nameof(ErrorReason.RequestTimeOut);
}
