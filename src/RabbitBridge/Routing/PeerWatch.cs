namespace RabbitBridge.Routing;

/// <summary>
/// Finds gateways that are gone without a word: silent though something depends on them, probed, and silent still. Each of
/// the two waits is as long as <see cref="RosterTimes.ProbeMilliseconds"/>.
/// </summary>
/// <param name="times">The times.</param>
/// <param name="hasRead">Whether everything has been read that had come by a time: what lies unread may be the answer.</param>
internal sealed class PeerWatch(RosterTimes times, Func<long, bool> hasRead)
{
    private long _lastTick;

    /// <summary>Looks at all peers.</summary>
    /// <param name="peers">The peers.</param>
    /// <param name="now">The time.</param>
    /// <param name="isBlocked">Whether nobody is heard at the moment, this gateway neither.</param>
    /// <param name="isAwaited">Whether a change of routes waits for their acknowledgement, or a filter request for their sessions.</param>
    /// <param name="probe">Sends a probe.</param>
    /// <param name="lose">Takes out a peer that is gone, and why.</param>
    public void Tick(IEnumerable<Peer> peers, long now, bool isBlocked, bool isAwaited, Action<Peer> probe, Action<Peer, string> lose)
    {
        if (isBlocked)
            return;
        // While this process was paused, had no thread to spare, or was blocked by the broker, the answers of all others lay unread: that time does not count.
        var unattended = _lastTick == 0 ? 0 : Math.Max(0, now - _lastTick - RosterTimes.TickMilliseconds);
        _lastTick = now;
        foreach (var peer in peers.Where(static peer => !peer.IsAway))
            Look(peer, now, unattended, isAwaited, probe, lose);
    }

    private void Look(Peer peer, long now, long unattended, bool isAwaited, Action<Peer> probe, Action<Peer, string> lose)
    {
        var link = peer.Link;
        if (link.ProbedAt != 0 && link.LastHeard > link.ProbedAt)
            link.ProbedAt = 0;
        if (link.ProbedAt != 0)
            link.ProbedAt += unattended;
        var silence = now - link.LastHeard;
        if (link.ProbedAt != 0)
        {
            var until = link.ProbedAt + times.ProbeMilliseconds;
            // Asked one look ahead, so that it is known in time.
            if (now + RosterTimes.TickMilliseconds > until && hasRead(Math.Max(link.ProbedAt, until - RosterTimes.TickMilliseconds)) && now > until)
                lose(peer, $"it has been silent for {silence} ms and does not answer");
            return;
        }

        var limit = link.Outstanding > 0 || isAwaited ? times.ProbeMilliseconds : Math.Max(peer.SilenceLimit, times.HeartbeatMilliseconds * 3);
        if (silence > limit)
            probe(peer);
    }
}
