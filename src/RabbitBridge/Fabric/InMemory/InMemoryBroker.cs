using System.Collections.Concurrent;
using RabbitBridge.Fabric;
using RabbitBridge.Fabric.InMemory;

namespace RabbitBridge;

/// <summary>
/// Connects gateways of one process without a broker, for unit tests of applications and for a single gateway. It behaves as
/// RabbitMQ does towards gateways: asynchronous, in order for each pair of gateways, at most once.
/// </summary>
public sealed class InMemoryBroker
{
    private readonly ConcurrentDictionary<string, InMemoryFabric> _inboxes = new(StringComparer.Ordinal);
    private readonly Dictionary<MessagePath, List<InMemoryFabric>> _bindings = [];
    private readonly HashSet<(InMemoryFabric Fabric, SessionBinding Binding)> _sessions = [];
    private readonly Lock _gate = new();
    private int _turn;

    internal void Open(InMemoryFabric fabric) => _inboxes[fabric.Address] = fabric;

    internal void Close(InMemoryFabric fabric)
    {
        _inboxes.TryRemove(fabric.Address, out _);
        lock (_gate)
        {
            foreach (var takers in _bindings.Values)
                takers.Remove(fabric);
            _sessions.RemoveWhere(bound => bound.Fabric == fabric);
        }
    }

    internal void Bind(InMemoryFabric fabric, MessagePath branch)
    {
        lock (_gate)
        {
            if (!_bindings.TryGetValue(branch, out var takers))
                _bindings.Add(branch, takers = []);
            if (!takers.Contains(fabric))
                takers.Add(fabric);
        }
    }

    internal void Unbind(InMemoryFabric fabric, MessagePath branch)
    {
        lock (_gate)
        {
            if (_bindings.TryGetValue(branch, out var takers) && takers.Remove(fabric) && takers.Count == 0)
                _bindings.Remove(branch);
        }
    }

    internal void Bind(InMemoryFabric fabric, SessionBinding binding)
    {
        lock (_gate)
            _sessions.Add((fabric, binding));
    }

    internal void Unbind(InMemoryFabric fabric, SessionBinding binding)
    {
        lock (_gate)
            _sessions.Remove((fabric, binding));
    }

    /// <summary>The gateways that are bound with one of the headers.</summary>
    internal InMemoryFabric[] Route(IReadOnlyCollection<string> headers)
    {
        lock (_gate)
            return [.. _sessions.Where(bound => bound.Binding.Headers.Any(headers.Contains)).Select(bound => bound.Fabric).Distinct()];
    }

    internal InMemoryFabric? Find(string address) => _inboxes.GetValueOrDefault(address);

    internal IEnumerable<InMemoryFabric> All() => _inboxes.Values;

    /// <summary>Picks who takes a request by its path: the most specific branch, and its gateways in turn.</summary>
    internal InMemoryFabric? Route(MessagePath path, out int depth)
    {
        lock (_gate)
        {
            var (branch, takers) = _bindings
                .Where(binding => binding.Value.Count > 0 && binding.Key.IsBranchOf(path))
                .OrderByDescending(binding => binding.Key.Depth)
                .FirstOrDefault();
            depth = branch.Depth;
            return takers?[(int)((uint)_turn++ % (uint)takers.Count)];
        }
    }
}
