using System.Collections;
using System.Globalization;
using System.Text;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.Cli.Doctor;

/// <summary>Looks at a broker as a gateway with this prefix will use it. What it makes there has names of its own, and is removed.</summary>
internal sealed class BrokerDoctor(RabbitMqOptions options, TimeSpan limit)
{
    private static readonly string[] NeededCapabilities = ["publisher_confirms", "basic.nack", "consumer_cancel_notify"];

    private const int NeededChannels = 16;
    private const uint NeededFrame = 4096;

    /// <summary>Whether the broker has answered, be it with a refusal.</summary>
    public bool IsReached { get; private set; }

    public async IAsyncEnumerable<Finding> ExamineAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (connection, failure) = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        if (connection is null)
        {
            yield return failure!;
            yield return Finding.Unknown("version, permissions, exchanges, round trip", "Without a connection they cannot be looked at.", "First mend the connection.");
            yield break;
        }

        IsReached = true;
        await using (connection.ConfigureAwait(false))
        {
            if (options.Tls.AcceptAnyServer)
                yield return Finding.Warning("broker", "Its certificate is not checked.", "Leave --accept-any-server out, and give --ca-file.");
            var protection = options.Uri.Scheme != "amqps" ? "without TLS" : options.Tls.External ? "by its certificate, over TLS" : "over TLS";
            yield return Finding.Ok("broker", $"{options.Uri.Host}:{options.Uri.Port} lets '{UserName}' in, {protection}.");
            yield return BrokerVersion.Judge(Property(connection, "product"), Property(connection, "version"));
            yield return Features(connection);

            var blocked = string.Empty;
            connection.ConnectionBlockedAsync += (_, args) =>
            {
                Volatile.Write(ref blocked, args.Reason);
                return Task.CompletedTask;
            };
            var permissions = new PermissionProbe(connection, options.Prefix, limit);
            await using (permissions.ConfigureAwait(false))
            {
                await foreach (var finding in permissions.ExamineAsync(cancellationToken).ConfigureAwait(false))
                    yield return finding;
                foreach (var finding in await new ExchangeProbe(connection, new Names(options.Prefix), limit).ExamineAsync(cancellationToken).ConfigureAwait(false))
                    yield return finding;
                foreach (var finding in await new BoundQueuesProbe(options).ExamineAsync(cancellationToken).ConfigureAwait(false))
                    yield return finding;
                foreach (var finding in await RoundTripAsync(connection, permissions, () => Volatile.Read(ref blocked), cancellationToken).ConfigureAwait(false))
                    yield return finding;
            }
        }
    }

    private string UserName => BrokerLogin.UserName(options);

    private async Task<(IConnection? Connection, Finding? Failure)> ConnectAsync(CancellationToken cancellationToken)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(limit);
        try
        {
            // As a gateway connects, its checks of certificates included; only in less time.
            var factory = Connector.CreateFactory(options);
            factory.ClientProvidedName = $"{options.Prefix}/doctor";
            factory.RequestedConnectionTimeout = factory.HandshakeContinuationTimeout = factory.ContinuationTimeout = limit;
            var connection = await factory.CreateConnectionAsync(time.Token).ConfigureAwait(false);
            // Only now does a refused virtual host show: the client does not wait for connection.open-ok (rabbitmq-dotnet-client #2000).
            var channel = await connection.CreateChannelAsync(cancellationToken: time.Token).ConfigureAwait(false);
            await channel.DisposeAsync().ConfigureAwait(false);
            return (connection, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, Finding.Problem("broker", $"{options.Uri.Host}:{options.Uri.Port} has not answered within {limit.TotalSeconds} s.", "See that the broker runs, and that no firewall swallows packets to this port."));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            var (finding, isReached) = BrokerFailure.Explain(exception, options);
            IsReached = isReached;
            return (null, finding);
        }
    }

    private static string Property(IConnection connection, string key) =>
        connection.ServerProperties is { } properties && properties.TryGetValue(key, out var value) && value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : "unknown";

    private static Finding Features(IConnection connection)
    {
        var capabilities = connection.ServerProperties?.TryGetValue("capabilities", out var value) == true ? value as IDictionary : null;
        var missing = NeededCapabilities.Where(name => capabilities?[name] is not true).ToArray();
        if (missing.Length > 0)
            return Finding.Problem("features", $"The broker lacks {string.Join(", ", missing)}.", "Use RabbitMQ 3.10 or newer, or 4.x.");
        if (connection.ChannelMax is > 0 and < NeededChannels)
            return Finding.Problem("features", $"A connection may have {connection.ChannelMax} channels only.", $"Set channel_max to {NeededChannels} or more in rabbitmq.conf; 2047 is RabbitMQ's default.");
        if (connection.FrameMax is > 0 and < NeededFrame)
            return Finding.Problem("features", $"A frame may have {connection.FrameMax} bytes only.", "Remove frame_max from rabbitmq.conf; 131072 is RabbitMQ's default.");
        return Finding.Ok("features", $"publisher confirms, nack, cancel notices; {connection.ChannelMax} channels, frames of {connection.FrameMax} bytes, heartbeat {connection.Heartbeat.TotalSeconds} s");
    }

    private async Task<Finding[]> RoundTripAsync(IConnection connection, PermissionProbe permissions, Func<string> blocked, CancellationToken cancellationToken)
    {
        if (permissions.Inbox is not { } inbox)
        {
            return
            [
                Finding.Unknown("round trip", "Without the permissions above no message can be sent and received.", "First mend the permissions."),
                Finding.Unknown("clock", "It cannot be told without a message.", "See that the broker's machine and this one synchronise their clocks."),
            ];
        }

        try
        {
            var (median, worst, timestamp) = await RoundTrips.MeasureAsync(connection, inbox.Exchange, inbox.Queue, limit, cancellationToken).ConfigureAwait(false);
            var text = string.Create(CultureInfo.InvariantCulture, $"median {median.TotalMilliseconds:0.00} ms, longest {worst.TotalMilliseconds:0.00} ms, of {RoundTrips.Count} messages");
            var trip = median > RoundTrips.Slow
                ? Finding.Warning("round trip", text, "Each request to another gateway takes at least twice this: put gateways near their broker, and see that it is not overloaded.")
                : Finding.Ok("round trip", text);
            return [trip, ClockJudge.Broker(timestamp)];
        }
        catch (Exception exception) when (exception is TimeoutException or OperationInterruptedException or AlreadyClosedException)
        {
            var problem = blocked() is { Length: > 0 } reason
                ? Finding.Problem("round trip", $"The broker blocks publishers: {reason}.", "Free memory or disk at the broker (rabbitmqctl list_alarms, or rabbitmq-diagnostics alarms).")
                : Finding.Problem("round trip", $"A message has not come back: {exception.GetBaseException().Message}", "Look into the broker's log, and for policies that take queues or messages away.");
            return [problem, Finding.Unknown("clock", "It cannot be told without a message.", "See that the broker's machine and this one synchronise their clocks.")];
        }
    }
}
