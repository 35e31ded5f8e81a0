using System.Text;
using RabbitBridge.Fabric;

namespace RabbitBridge.Routing;

/// <summary>
/// What this gateway tells the others of its routes, and what of it has yet to be said: each change is a version, and one message may say several. Guarded by the roster's lock.
/// </summary>
internal sealed class OwnRoutes
{
    private readonly Dictionary<MessagePath, BranchAnnouncement> _branches = [];

    // So that all of them, as a newcomer is told, fit into one message: brokers take 16 MiB.
    private const int MaxBytes = 8 * 1024 * 1024;

    // By path what has changed; null if it was withdrawn.
    private readonly Dictionary<MessagePath, BranchAnnouncement?> _unsaid = [];
    private IReadOnlyList<string>? _unsaidHeaders;
    private long _version;
    private long _bytes;

    public IReadOnlyCollection<BranchAnnouncement> Branches => _branches.Values;

    /// <summary>The headers by which filter requests reach this gateway.</summary>
    public IReadOnlyList<string> Headers { get; private set; } = [];

    /// <summary>The version that the others were told last.</summary>
    public long Said { get; private set; }

    public bool HasUnsaid => Said < _version;

    /// <summary>Whether a branch can be told, in the place of what was told of it before.</summary>
    public bool HasRoomFor(BranchAnnouncement branch)
    {
        var growth = SizeOf(branch) - (_branches.TryGetValue(branch.Path, out var former) ? SizeOf(former) : 0);
        return growth <= 0 || _bytes + growth <= MaxBytes;
    }

    /// <returns>The version with the change.</returns>
    public long Add(BranchAnnouncement branch)
    {
        Remove(branch.Path);
        _branches[branch.Path] = branch;
        _bytes += SizeOf(branch);
        _unsaid[branch.Path] = branch;
        return ++_version;
    }

    /// <returns>The version with the change.</returns>
    public long Withdraw(MessagePath branch)
    {
        Remove(branch);
        _unsaid[branch] = null;
        return ++_version;
    }

    /// <returns>The version with the change.</returns>
    public long SetHeaders(IReadOnlyList<string> headers)
    {
        Headers = headers;
        _unsaidHeaders = headers;
        return ++_version;
    }

    /// <summary>Puts everything that has yet to be said into a message, which is then to be sent.</summary>
    public PresenceMessage Say(PresenceMessage message)
    {
        message = message with
        {
            Version = _version,
            BaseVersion = Said,
            Added = [.. _unsaid.Values.OfType<BranchAnnouncement>()],
            Withdrawn = [.. _unsaid.Where(static each => each.Value is null).Select(static each => each.Key)],
            Headers = _unsaidHeaders,
        };
        Said = _version;
        _unsaid.Clear();
        _unsaidHeaders = null;
        return message;
    }

    // With what is written around each text, five bytes at most.
    private static int SizeOf(BranchAnnouncement branch) => 32 + SizeOf(branch.Path.Value) + branch.Properties.Sum(SizeOf);

    private static int SizeOf(string text) => 5 + Encoding.UTF8.GetByteCount(text);

    private void Remove(MessagePath branch)
    {
        if (_branches.Remove(branch, out var removed))
            _bytes -= SizeOf(removed);
    }
}
