using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Scenarios;

namespace RabbitBridge.Benchmarks.Feats;

/// <summary>Ten thousand handlers of one gateway: how soon they are registered, and how soon their queues are consumed again when the broker has been restarted.</summary>
internal sealed class HandlersFeat() : Feat(Names.Handlers, "10,000 handlers registered 64 at a time at one of two gateways; then the broker is restarted")
{
    private const string Path = "handlers";
    private const int Count = 10_000;
    private const int AtOnce = 64;
    private const double Limit = 5;

    public override async Task<IReadOnlyList<Figure>> RunAsync(Stage stage, CancellationToken cancellationToken)
    {
        await stage.StartAsync(new AnswerInGateway(stage.Site, "other", Paths: 1), cancellationToken).ConfigureAwait(false);
        var holder = await stage.StartAsync(new HoldHandlers(stage.Site), cancellationToken).ConfigureAwait(false);
        var registered = await holder.AskAsync<Registered>(new RegisterHandlers(Path, Count, AtOnce), cancellationToken).ConfigureAwait(false);
        stage.Say($"  registered in {registered.Elapsed.TotalSeconds:0.0} s");
        var consumed = await AwaitConsumersAsync(stage).ConfigureAwait(false);

        var returning = holder.AskAsync<Returned>(new AwaitReturn(), cancellationToken);
        await stage.Broker.RestartAsync(ct: cancellationToken).ConfigureAwait(false);
        stage.Say("  the broker is back");
        var again = await AwaitConsumersAsync(stage).ConfigureAwait(false);
        var returned = await returning.ConfigureAwait(false);
        return
        [
            Figure.AtMost("handlers-registered-seconds", $"s until {Count:N0} handlers are registered, {AtOnce} at a time", registered.Elapsed.TotalSeconds, Limit),
            Figure.Told("handlers-consumed-seconds", "s from the first registration until all their queues are consumed", (consumed - registered.Began)?.TotalSeconds),
            Figure.AtMost("handlers-consumed-again-seconds", "s from the gateway's return to a restarted broker until all queues are consumed again", (again - returned.At)?.TotalSeconds, Limit),
        ];
    }

    /// <summary>
    /// Waits in the broker, which has a table of its consumers: asking it for ten thousand queues would keep it from the work that is measured.
    /// The size of the table comes first, since reading it all takes a while. For 50 s at most: a control command may take a minute.
    /// </summary>
    private static Task<DateTimeOffset?> AwaitConsumersAsync(Stage stage) => stage.EvaluateTimeAsync(
        $$"""
        Queues = fun() -> length(lists:usort([Name || Name <- [element(4, element(1, element(1, Row))) || Row <- ets:tab2list(consumer_created)], string:prefix(Name, <<"{{stage.Site.Prefix}}.handler.{{Path}}.">>) =/= nomatch])) end,
        Await = fun Again(0) -> 0; Again(Looks) -> Now = erlang:system_time(millisecond), case ets:info(consumer_created, size) >= {{Count}} andalso Queues() >= {{Count}} of true -> Now; false -> timer:sleep(50), Again(Looks - 1) end end,
        Await(1000).
        """);
}
