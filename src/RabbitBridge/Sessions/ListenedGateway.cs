using RabbitBridge.Fabric;

namespace RabbitBridge.Sessions;

/// <summary>Another gateway that tells of its sessions, and what it has told. Guarded by <see cref="SessionListeners"/>.</summary>
internal sealed class ListenedGateway
{
    private readonly TaskCompletionSource _replayed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HashSet<SessionId>? _unseen;
    private GatewayLink? _link;

    public GatewayLink Link => _link!;

    /// <summary>The properties of its open sessions.</summary>
    public Dictionary<SessionId, IReadOnlyDictionary<string, string>> Sessions { get; } = [];

    /// <summary>Completes when it has told all its sessions once, or is lost.</summary>
    public Task Replayed => _replayed.Task;

    /// <summary>Notes the link over which it is asked.</summary>
    /// <returns>Whether it must be asked: it was not yet over this link.</returns>
    public bool Begin(GatewayLink link)
    {
        if (link == _link)
            return false;
        _link = link;
        return true;
    }

    public void BeginReplay() => _unseen = [.. Sessions.Keys];

    public void Seen(SessionId session) => _unseen?.Remove(session);

    /// <summary>It has told all its sessions.</summary>
    /// <returns>Those that were open when it was last heard, and are not any more.</returns>
    public IReadOnlyCollection<SessionId> EndReplay()
    {
        var gone = _unseen ?? [];
        _unseen = null;
        _replayed.TrySetResult();
        return gone;
    }

    public void End() => _replayed.TrySetResult();
}
