using System.Collections.Concurrent;
using RabbitBridge.Calls;
using RabbitBridge.Fabric;

namespace RabbitBridge.Routing;

/// <summary>
/// Finds the most specific branch for a path: a tree with a node for each segment. Readers take no lock; each branch is an
/// immutable value that a writer replaces, and writers exclude each other.
/// </summary>
internal sealed class RouteTable
{
    private readonly Node _root = new();
    private readonly Lock _gate = new();

    /// <summary>The number of branches with a handler anywhere.</summary>
    public int Count { get; private set; }

    /// <summary>Finds the deepest branch for a path.</summary>
    /// <param name="path">The path of a request.</param>
    /// <param name="localOnly">Whether only branches with a handler in this gateway count.</param>
    /// <param name="maxDepth">How deep the branch may be.</param>
    public Branch? Find(MessagePath path, bool localOnly, int maxDepth = int.MaxValue)
    {
        Branch? best = null;
        var rest = path.Value.AsSpan();
        var node = _root;
        while (true)
        {
            if (node.Branch is { } branch && (!localOnly || branch.Local.Length > 0) && branch.Depth <= maxDepth)
                best = branch;
            if (rest.IsEmpty || node.Children is not { } children)
                return best;
            var end = rest.IndexOf('/');
            var segment = end < 0 ? rest : rest[..end];
            if (!children.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(segment, out var child))
                return best;
            node = child;
            rest = end < 0 ? default : rest[(end + 1)..];
        }
    }

    /// <summary>Every branch, in no order.</summary>
    public IEnumerable<Branch> All() => _root.Descendants().Select(node => node.Branch).OfType<Branch>();

    /// <summary>Adds a local handler.</summary>
    /// <returns>The branch as it is now.</returns>
    public Branch AddLocal(IBranchHandler handler) =>
        Change(handler.Branch, branch => branch with { Local = [.. branch.Local, handler] });

    /// <summary>Removes a local handler.</summary>
    /// <returns>The branch as it is now; an empty one if nobody handles it any more.</returns>
    public Branch RemoveLocal(IBranchHandler handler) =>
        Change(handler.Branch, branch => branch with { Local = [.. branch.Local.Where(other => other != handler)] });

    public void SetRemote(Peer peer, BranchAnnouncement announcement) => Change(announcement.Path, branch =>
    {
        var others = Without(branch, peer);
        return announcement.Service is { } service
            ? others with { Services = [.. others.Services, new ExternalRoute(peer, service)] }
            : others with { Remote = [.. others.Remote, new RemoteRoute(peer, announcement)] };
    });

    public void RemoveRemote(Peer peer, MessagePath path) => Change(path, branch => Without(branch, peer));

    /// <summary>Gives a branch to an existing service, for this gateway.</summary>
    public void SetService(MessagePath path, ServiceAnnouncement service) =>
        Change(path, branch => branch with { Services = [new ExternalRoute(Peer: null, service), .. branch.Services.Where(route => route.Peer is not null)] });

    /// <summary>Takes a branch from the service that this gateway has given it to.</summary>
    /// <returns>Whether there was one.</returns>
    public bool RemoveService(MessagePath path)
    {
        var found = false;
        Change(path, branch =>
        {
            found = branch.Services.Any(route => route.Peer is null);
            return branch with { Services = [.. branch.Services.Where(route => route.Peer is not null)] };
        });
        return found;
    }

    private static Branch Without(Branch branch, Peer peer) => branch with
    {
        Remote = [.. branch.Remote.Where(route => route.Peer != peer)],
        Services = [.. branch.Services.Where(route => route.Peer != peer)],
    };

    private Branch Change(MessagePath path, Func<Branch, Branch> change)
    {
        lock (_gate)
        {
            var trail = new Stack<(Node Parent, string Segment)>();
            var node = _root;
            foreach (var segment in path.IsRoot ? [] : path.Value.Split('/'))
            {
                trail.Push((node, segment));
                node = (node.Children ??= new(StringComparer.Ordinal)).GetOrAdd(segment, static _ => new Node());
            }

            var before = node.Branch;
            var after = change(before ?? new Branch(path, path.Depth, [], []));
            node.Branch = after.IsEmpty ? null : after;
            Count += (node.Branch is null ? 0 : 1) - (before is null ? 0 : 1);

            // A reader that stands on a node taken out here misses nothing: it holds no branch and has no children.
            while (trail.TryPop(out var step) && node.Branch is null && node.Children is null or { IsEmpty: true })
            {
                step.Parent.Children!.TryRemove(step.Segment, out _);
                node = step.Parent;
            }

            return after;
        }
    }

    private sealed class Node
    {
        private ConcurrentDictionary<string, Node>? _children;
        private Branch? _branch;

        public ConcurrentDictionary<string, Node>? Children
        {
            get => Volatile.Read(ref _children);
            set => Volatile.Write(ref _children, value);
        }

        public Branch? Branch
        {
            get => Volatile.Read(ref _branch);
            set => Volatile.Write(ref _branch, value);
        }

        public IEnumerable<Node> Descendants() =>
            (Children?.Values.SelectMany(child => child.Descendants()) ?? []).Prepend(this);
    }
}
