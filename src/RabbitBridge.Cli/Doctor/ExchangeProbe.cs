using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.Cli.Doctor;

/// <summary>Compares the exchanges of the wire contract with those that are there. One that is missing is not made.</summary>
internal sealed class ExchangeProbe(IConnection connection, Names names, TimeSpan limit)
{
    private const string Check = "exchanges";

    public async Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        var (there, missing) = (0, new List<string>());
        foreach (var exchange in Expected())
        {
            switch (await ExamineAsync(exchange, cancellationToken).ConfigureAwait(false))
            {
                case (true, null):
                    there++;
                    break;
                case (false, null):
                    missing.Add(exchange.Name);
                    break;
                case var (_, finding):
                    findings.Add(finding!);
                    break;
            }
        }

        if (findings.Count > 0)
            return findings;
        return
        [
            missing.Count == 0 ? Finding.Ok(Check, $"all {there} are there, with the types and arguments of the wire contract")
            : there == 0 ? Finding.Ok(Check, "there are none yet; the first gateway makes them")
            : Finding.Warning(Check, $"{missing.Count} of {there + missing.Count} are missing: {string.Join(", ", missing)}.", "Start a gateway, which makes them; one that runs has to be restarted."),
        ];
    }

    private IEnumerable<ExpectedExchange> Expected() =>
    [
        .. Enumerable.Range(0, Names.MaxDepth + 1).Select(depth => new ExpectedExchange(names.Level(depth), ExchangeType.Topic, depth == 0 ? null : names.Level(depth - 1))),
        new(names.Request, ExchangeType.Topic, names.Level(Names.MaxDepth)),
        new(names.Gateway, ExchangeType.Direct, null),
        new(names.Filter, ExchangeType.Headers, null),
        new(names.Session, ExchangeType.Topic, null),
        new(names.Presence, ExchangeType.Fanout, null),
        new(names.Project, ExchangeType.Direct, null),
        new(names.Service, ExchangeType.Headers, null),
        new(names.Event, ExchangeType.Topic, null),
        new(names.DeadLetter, ExchangeType.Fanout, null),
    ];

    private async Task<(bool IsThere, Finding? Finding)> ExamineAsync(ExpectedExchange exchange, CancellationToken cancellationToken)
    {
        try
        {
            var passive = await BrokerQuestion.AskAsync(connection, channel => channel.ExchangeDeclarePassiveAsync(exchange.Name, cancellationToken), limit, cancellationToken).ConfigureAwait(false);
            if (passive?.ReplyCode == Constants.NotFound)
                return (false, null);
            if (passive is not null)
                return (true, Finding.Unknown(Check, $"{exchange.Name}: {passive.ReplyText}", "Give the user the permissions above, and run the doctor again."));

            // It is there, so that declaring it makes nothing: the broker compares, and says what differs.
            var compared = await BrokerQuestion.AskAsync(connection, exchange.DeclareAsync, limit, cancellationToken).ConfigureAwait(false);
            return (true, compared switch
            {
                null => null,
                { ReplyCode: Constants.PreconditionFailed } => Finding.Problem(
                    Check,
                    $"{exchange.Name} should be {exchange}, but: {compared.ReplyText}",
                    "Something else made it. Use another Prefix for the gateways, or stop them, delete this exchange and start them again."),
                _ => Finding.Unknown(Check, $"{exchange.Name} is there; how it is made cannot be told: {compared.ReplyText}", "Give the user the permissions above, and run the doctor again."),
            });
        }
        catch (Exception exception) when (exception is TimeoutException or AlreadyClosedException)
        {
            return (false, Finding.Problem(Check, $"{exchange.Name}: {exception.Message}", "Look into the broker's log; a cluster without a majority keeps it from answering."));
        }
    }
}
