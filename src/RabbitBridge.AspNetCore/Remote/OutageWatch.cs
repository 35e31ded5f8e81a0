namespace RabbitBridge.AspNetCore.Remote;

/// <summary>
/// Sends clients to other gateways when this one has been without its broker for <see cref="RemoteOptions.BrokerGrace"/>. Who finds none stays. Sessions of clients
/// that have gone without a word end when the broker is back, so that nothing is routed to them.
/// </summary>
internal sealed class OutageWatch(IGateway gateway, RemoteSessions sessions) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // For a client that has lost its connection, and comes back.
    private static readonly TimeSpan ReturnTime = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var time = sessions.TimeProvider;
        using var timer = new PeriodicTimer(Interval, time);
        long? downSince = null;
        long? sentAwayAt = null;
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            if (gateway.IsConnected)
            {
                downSince = null;
                if (sentAwayAt is not { } at || time.GetElapsedTime(at) < ReturnTime)
                    continue;
                sessions.EndAbsent();
                sentAwayAt = null;
                continue;
            }

            downSince ??= time.GetTimestamp();
            if (sentAwayAt is not null || time.GetElapsedTime(downSince.Value) < sessions.Options.BrokerGrace)
                continue;
            sentAwayAt = time.GetTimestamp();
            sessions.SendAway();
        }
    }
}
