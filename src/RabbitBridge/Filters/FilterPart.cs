using RabbitBridge.Fabric;

namespace RabbitBridge.Filters;

/// <summary>What one gateway has to do with a filter request of this gateway's. Guarded by the call.</summary>
internal sealed class FilterPart(GatewayLink? link)
{
    private HashSet<ulong>? _awaited;
    private HashSet<ulong>? _early = [];

    /// <summary>The way there; <see langword="null"/> for this gateway itself.</summary>
    public GatewayLink? Link => link;

    /// <summary>When the gateway was last asked, in milliseconds of the clock.</summary>
    public long AskedAt { get; set; }

    /// <summary>The answers that have been taken up and not been told of.</summary>
    public AnswerCredit Credit { get; } = new(DispatchWindow.Answers / 4);

    /// <summary>How many answers the gateway has been told were taken up.</summary>
    public int Told { get; set; }

    /// <summary>Whether the gateway has told its sessions.</summary>
    public bool IsCounted => _awaited is not null;

    public bool IsComplete => _awaited is { Count: 0 };

    /// <summary>The sessions whose answers have not come.</summary>
    public IReadOnlyCollection<ulong> Awaited => _awaited ?? [];

    /// <summary>Takes the gateway's sessions, some of which may have answered already.</summary>
    public void Count(FilterCount count)
    {
        _awaited = count.HasAnswers ? [.. count.Sessions] : [];
        _awaited.ExceptWith(_early!);
        _early = null;
    }

    /// <returns>Whether this is the session's first answer.</returns>
    public bool Answered(ulong session) => _awaited is null ? _early!.Add(session) : _awaited.Remove(session);

    public void Clear() => _awaited = [];
}
