using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace RabbitBridge.Cli.Doctor;

/// <summary>Measures how long a message takes to a queue of the same connection.</summary>
internal static class RoundTrips
{
    public const int Count = 50;

    public static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(20);

    // Set by the broker's interceptor, which is off by default.
    private const string BrokerTime = "timestamp_in_ms";

    /// <exception cref="TimeoutException">A message has not come back in time.</exception>
    public static async Task<(TimeSpan Median, TimeSpan Longest, (DateTimeOffset Broker, DateTimeOffset Local)? Timestamp)> MeasureAsync(
        IConnection connection, string exchange, string queue, TimeSpan limit, CancellationToken cancellationToken)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        await using (channel.ConfigureAwait(false))
        {
            var arrivals = Channel.CreateUnbounded<DateTimeOffset?>();
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += (_, delivery) =>
            {
                arrivals.Writer.TryWrite(TimeOf(delivery.BasicProperties));
                return Task.CompletedTask;
            };
            await channel.BasicConsumeAsync(queue, autoAck: true, consumer, cancellationToken).ConfigureAwait(false);

            var times = new List<TimeSpan>();
            DateTimeOffset? brokerTime = null;
            for (var i = 0; i <= Count; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await channel.BasicPublishAsync(exchange, queue, mandatory: true, new BasicProperties(), default, cancellationToken).AsTask().WaitAsync(limit, cancellationToken).ConfigureAwait(false);
                brokerTime = await arrivals.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(limit, cancellationToken).ConfigureAwait(false);
                // The first pays for just-in-time compilation.
                if (i > 0)
                    times.Add(Stopwatch.GetElapsedTime(start));
            }

            times.Sort();
            return (times[times.Count / 2], times[^1], brokerTime is { } broker ? (broker, TimeProvider.System.GetUtcNow()) : null);
        }
    }

    private static DateTimeOffset? TimeOf(IReadOnlyBasicProperties properties)
    {
        if (properties.Headers?.TryGetValue(BrokerTime, out var value) == true && value is not null)
            return DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(value, CultureInfo.InvariantCulture));
        return properties.IsTimestampPresent() ? DateTimeOffset.FromUnixTimeSeconds(properties.Timestamp.UnixTime) : null;
    }
}
