using System.Globalization;
using System.Runtime.CompilerServices;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.Cli.Doctor;

/// <summary>
/// Does with names of its own what a gateway does, so that a missing permission is found and named. It needs to be disposed of, which removes what it has made.
/// </summary>
internal sealed class PermissionProbe : IAsyncDisposable
{
    private const string Check = "permissions";
    private const string DefaultExchange = "amq.default";
    private const int ExpiryMilliseconds = 60_000;

    private readonly IConnection _connection;
    private readonly string _prefix;
    private readonly TimeSpan _limit;
    private readonly string _exchange;
    private readonly string _second;
    private readonly string _inbox;
    private readonly string _handler;
    private readonly List<Func<IChannel, Task>> _made = [];

    public PermissionProbe(IConnection connection, string prefix, TimeSpan limit)
    {
        (_connection, _prefix, _limit) = (connection, prefix, limit);
        var id = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        _exchange = $"{prefix}.request.doctor-{id}";
        _second = $"{prefix}.request.doctor-{id}-2";
        _inbox = $"{prefix}.gateway.doctor.{id}";
        _handler = $"{prefix}.handler.doctor-{id}";
    }

    /// <summary>An exchange and a queue bound to it by its name, for messages; <see langword="null"/> if they could not be had.</summary>
    public (string Exchange, string Queue)? Inbox { get; private set; }

    public async IAsyncEnumerable<Finding> ExamineAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var problems = 0;
        await foreach (var problem in ProblemsAsync(cancellationToken).ConfigureAwait(false))
        {
            problems++;
            yield return problem;
        }

        if (problems == 0)
            yield return Finding.Ok(Check, $"configure, write and read on names that begin with {_prefix}., and write on {DefaultExchange}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var removal in Enumerable.Reverse(_made))
        {
            // Most go by themselves with the connection; a channel for each, because a refusal costs one.
            if (_connection.IsOpen)
                await BrokerQuestion.AskAsync(_connection, removal, _limit, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<Finding> ProblemsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        NeededPermission configure = new("configure", "exchange", _exchange), write = new("write", "exchange", _exchange), read = new("read", "exchange", _exchange);
        var noExchange = await TryAsync("An exchange", DeclareExchange(_exchange, null), [configure], cancellationToken).ConfigureAwait(false);
        if (noExchange is not null)
            yield return noExchange;
        else if (await TryAsync(
            "An exchange that passes on what it cannot route",
            DeclareExchange(_second, _exchange),
            [new("configure", "exchange", _second), new("read", "exchange", _second), write],
            cancellationToken).ConfigureAwait(false) is { } problem)
            yield return problem;

        await foreach (var problem in QueueAsync("A gateway's inbox", _inbox, DeclareInbox, noExchange is null, [write, read], cancellationToken).ConfigureAwait(false))
            yield return problem;
        await foreach (var problem in QueueAsync("A handler's queue", _handler, DeclareHandlerQueue, noExchange is null, [read], cancellationToken).ConfigureAwait(false))
            yield return problem;

        // Plain AMQP callers get their responses through the default exchange. Nobody has a queue of this name, so the message goes nowhere.
        if (await TryAsync(
            "An answer to a plain AMQP caller",
            channel => channel.BasicPublishAsync(string.Empty, $"{_inbox}.nobody", ReadOnlyMemory<byte>.Empty, cancellationToken).AsTask(),
            [new("write", "exchange", DefaultExchange)],
            cancellationToken).ConfigureAwait(false) is { } noAnswers)
            yield return noAnswers;
    }

    private async IAsyncEnumerable<Finding> QueueAsync(
        string what, string queue, Func<IChannel, Task> declare, bool hasExchange, NeededPermission[] exchange, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        NeededPermission configure = new("configure", "queue", queue), write = new("write", "queue", queue), read = new("read", "queue", queue);
        if (await TryAsync(what, declare, [configure], cancellationToken).ConfigureAwait(false) is { } noQueue)
        {
            yield return noQueue;
            yield break;
        }

        var isBound = false;
        if (hasExchange)
        {
            var noBinding = await TryAsync(
                $"{what}, bound", channel => channel.QueueBindAsync(queue, _exchange, queue, cancellationToken: cancellationToken), [write, exchange[^1]], cancellationToken).ConfigureAwait(false);
            isBound = noBinding is null;
            if (noBinding is not null)
                yield return noBinding;
        }

        var noConsumer = await TryAsync(
            $"{what}, consumed", channel => channel.BasicGetAsync(queue, autoAck: true, cancellationToken), [read], cancellationToken).ConfigureAwait(false);
        if (noConsumer is not null)
            yield return noConsumer;
        if (exchange.Length == 1 || !isBound)
            yield break;

        var noPublishing = await TryAsync(
            $"{what}, written to",
            channel => channel.BasicPublishAsync(_exchange, "nowhere", ReadOnlyMemory<byte>.Empty, cancellationToken).AsTask(),
            [exchange[0]],
            cancellationToken).ConfigureAwait(false);
        if (noPublishing is not null)
            yield return noPublishing;
        else if (noConsumer is null)
            Inbox = (_exchange, queue);
    }

    private async Task<Finding?> TryAsync(string what, Func<IChannel, Task> attempt, IReadOnlyList<NeededPermission> needed, CancellationToken cancellationToken)
    {
        try
        {
            var refusal = await BrokerQuestion.AskAsync(_connection, attempt, _limit, cancellationToken).ConfigureAwait(false);
            return refusal switch
            {
                null => null,
                { ReplyCode: Constants.AccessRefused } => Missing(what, AccessRefusal.Find(refusal.ReplyText, needed)),
                _ => Finding.Problem(Check, $"{what}: the broker refuses it: {refusal.ReplyText}", "Look for policies and limits that apply to names with this prefix, and exempt them."),
            };
        }
        catch (Exception exception) when (exception is TimeoutException or AlreadyClosedException)
        {
            return Finding.Problem(Check, $"{what}: {exception.Message}", "Look into the broker's log; a cluster without a majority, or an alarm, keeps it from answering.");
        }
    }

    private Finding Missing(string what, NeededPermission missing)
    {
        var prefix = _prefix.Replace("-", "\\-", StringComparison.Ordinal);
        return Finding.Problem(
            Check,
            $"{what}: the permission {missing} is missing.",
            $"rabbitmqctl set_permissions -p VHOST USER '^{prefix}\\.' '^({prefix}\\.|amq\\.default$)' '^{prefix}\\.' (configure, write, read)");
    }

    private Func<IChannel, Task> DeclareExchange(string name, string? alternate) => async channel =>
    {
        await channel.ExchangeDeclareAsync(
            name,
            ExchangeType.Direct,
            durable: false,
            autoDelete: false,
            arguments: alternate is null ? null : new Dictionary<string, object?> { ["alternate-exchange"] = alternate }).ConfigureAwait(false);
        _made.Add(remover => remover.ExchangeDeleteAsync(name));
    };

    // As a gateway declares them: an argument that the broker does not take is found, too.
    private async Task DeclareInbox(IChannel channel)
    {
        await channel.QueueDeclareAsync(
            _inbox,
            durable: false,
            exclusive: true,
            autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "classic", ["x-max-length-bytes"] = 1024 * 1024, ["x-overflow"] = "reject-publish" }).ConfigureAwait(false);
        _made.Add(remover => remover.QueueDeleteAsync(_inbox));
    }

    private async Task DeclareHandlerQueue(IChannel channel)
    {
        await channel.QueueDeclareAsync(
            _handler,
            durable: true,
            exclusive: false,
            autoDelete: true,
            new Dictionary<string, object?>
            {
                ["x-queue-type"] = "classic",
                ["x-expires"] = ExpiryMilliseconds,
                ["x-max-length"] = 10,
                ["x-overflow"] = "reject-publish",
            }).ConfigureAwait(false);
        _made.Add(remover => remover.QueueDeleteAsync(_handler));
    }
}
