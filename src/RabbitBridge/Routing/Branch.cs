using RabbitBridge.Calls;


namespace RabbitBridge.Routing;

/// <summary>Who handles a branch, at one moment: replaced as a whole when it changes, so that readers need no lock.</summary>
/// <param name="Path">The branch.</param>
/// <param name="Depth">The number of its segments.</param>
/// <param name="Local">The handlers of sessions in this gateway.</param>
/// <param name="Remote">The other gateways with handlers.</param>
internal sealed record Branch(MessagePath Path, int Depth, IBranchHandler[] Local, RemoteRoute[] Remote)
{
    private int _next;

    /// <summary>The gateways that have given the branch to an existing service; all to the same one.</summary>
    public ExternalRoute[] Services { get; init; } = [];

    public bool IsEmpty => Local.Length == 0 && Remote.Length == 0 && Services.Length == 0;

    /// <summary>Whether requests from other gateways go through the branch's queue.</summary>
    public bool IsQueued => Remote.Length > 0 && Remote[0].Announcement.Redelivery;

    /// <summary>The local handler with the fewest requests outstanding; among equals each in turn.</summary>
    public IBranchHandler? PickLocal()
    {
        if (Local.Length <= 1)
            return Local.Length == 0 ? null : Local[0];
        var start = Turn(Local.Length);
        var best = Local[start];
        for (var i = 1; i < Local.Length && best.Receiver.Outstanding > 0; i++)
        {
            var candidate = Local[(start + i) % Local.Length];
            if (candidate.Receiver.Outstanding < best.Receiver.Outstanding)
                best = candidate;
        }

        return best;
    }

    /// <summary>The gateway with the fewest requests of this one outstanding; among equals each in turn.</summary>
    public RemoteRoute? PickRemote()
    {
        if (Remote.Length <= 1)
            return Remote.Length == 0 || Remote[0].Peer.Link.IsGone ? null : Remote[0];
        var start = Turn(Remote.Length);
        RemoteRoute? best = null;
        for (var i = 0; i < Remote.Length; i++)
        {
            var candidate = Remote[(start + i) % Remote.Length];
            if (!candidate.Peer.Link.IsGone && (best is null || candidate.Peer.Link.Outstanding < best.Peer.Link.Outstanding))
                best = candidate;
        }

        return best;
    }

    private int Turn(int count) => (int)((uint)Interlocked.Increment(ref _next) % (uint)count);
}
