using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;
using RabbitBridge.Routing;
using RabbitBridge.Sessions;

namespace RabbitBridge.Filters;

/// <summary>
/// Keeps the gateway's bindings for filter requests in step with its sessions, off their way: what comes is bound, then
/// announced; what goes is withdrawn, then unbound when no gateway counts on it any more. At every moment whatever request concerns a
/// session that has settled reaches this gateway, and there are never more bindings than the budget allows.
/// </summary>
internal sealed class SessionBindings(
    BindingPlan plan, SessionIndex index, IFabric fabric, Roster roster, Clock clock, ILogger logger)
    : IAsyncDisposable
{
    // Sessions come and go; a value that is gone may be back in a moment, and a binding too many costs little.
    private const int RemoveAfterMilliseconds = 2000;

    private readonly Lock _gate = new();
    private readonly HashSet<SessionBinding> _bound = [];
    private readonly List<(long Version, TaskCompletionSource Settled)> _waiting = [];
    private readonly CancellationTokenSource _stopping = new();
    private Task _work = Task.CompletedTask;
    private long _wanted;
    private long _done;
    private long _removeAt;
    private bool _isWorking;

    /// <summary>The bindings of the moment, for tests.</summary>
    public IReadOnlyList<SessionBinding> Bound
    {
        get
        {
            lock (_gate)
                return [.. _bound];
        }
    }

    /// <summary>The values of the sessions' properties have changed.</summary>
    public void Changed()
    {
        lock (_gate)
        {
            _wanted++;
            Work();
        }
    }

    /// <summary>Waits until filter requests reach every session that is open now by its present properties.</summary>
    /// <returns>Cancelled when the gateway stops.</returns>
    public Task SettledAsync()
    {
        lock (_gate)
        {
            if (_done >= _wanted)
                return Task.CompletedTask;
            if (_stopping.IsCancellationRequested)
                return Task.FromCanceled(new CancellationToken(canceled: true));
            var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((_wanted, settled));
            Work();
            return settled.Task;
        }
    }

    /// <summary>Takes away what has not been needed for a while, and tries again what failed. Called at intervals.</summary>
    public void Tick()
    {
        lock (_gate)
        {
            if (_done < _wanted || (_removeAt != 0 && clock.Now >= _removeAt))
                Work();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
        lock (_gate)
        {
            foreach (var (_, settled) in _waiting)
                settled.TrySetCanceled();
            _waiting.Clear();
        }

        _stopping.Dispose();
    }

    private void Work()
    {
        if (_isWorking || _stopping.IsCancellationRequested)
            return;
        _isWorking = true;
        _work = Task.Run(WorkAsync);
    }

    private async Task WorkAsync()
    {
        while (true)
        {
            long version;
            lock (_gate)
            {
                version = _wanted;
                if (_stopping.IsCancellationRequested || (version == _done && (_removeAt == 0 || clock.Now < _removeAt)))
                {
                    _isWorking = false;
                    return;
                }
            }

            try
            {
                await ApplyAsync().ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever prevents it is logged, and tried again at the next tick.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                if (!_stopping.IsCancellationRequested)
                    Log.BindingsFailed(logger, exception);
                lock (_gate)
                    _isWorking = false;
                return;
            }

            lock (_gate)
            {
                _done = version;
                foreach (var (_, settled) in _waiting.Where(waiting => waiting.Version <= version))
                    settled.TrySetResult();
                _waiting.RemoveAll(waiting => waiting.Version <= version);
            }
        }
    }

    private async Task ApplyAsync()
    {
        var wanted = plan.For(!index.IsEmpty, index.Values(plan.PropertyBudget)).ToHashSet();
        var missing = wanted.Except(_bound).ToArray();
        var surplus = _bound.Except(wanted).ToArray();
        if (missing.Length > 0 && _bound.Count + missing.Length > plan.Budget - (wanted.Contains(plan.General(true)) ? 0 : 1))
        {
            // With the general binding that brings everything the others can be exchanged without a gap.
            await BindAsync([plan.General(getsNarrowed: true)]).ConfigureAwait(false);
            await UnbindAsync([.. surplus.Where(binding => binding != plan.General(true) && binding != plan.General(false))]).ConfigureAwait(false);
            surplus = [.. _bound.Except(wanted)];
        }

        await BindAsync(missing).ConfigureAwait(false);
        var now = clock.Now;
        if (surplus.Length == 0)
            _removeAt = 0;
        else if (_removeAt == 0)
            _removeAt = now + RemoveAfterMilliseconds;
        else if (now >= _removeAt)
        {
            await UnbindAsync(surplus).ConfigureAwait(false);
            _removeAt = 0;
        }
    }

    private async Task BindAsync(SessionBinding[] bindings)
    {
        if (bindings.Length == 0)
            return;
        foreach (var binding in bindings)
        {
            await fabric.BindAsync(binding, _stopping.Token).ConfigureAwait(false);
            lock (_gate)
                _bound.Add(binding);
        }

        await AnnounceAsync(_bound).ConfigureAwait(false);
    }

    private async Task UnbindAsync(SessionBinding[] bindings)
    {
        if (bindings.Length == 0)
            return;
        // A request that was sent before its sender knew is with the broker when the sender says that it knows.
        await AnnounceAsync(_bound.Except(bindings)).ConfigureAwait(false);
        foreach (var binding in bindings)
        {
            await fabric.UnbindAsync(binding, _stopping.Token).ConfigureAwait(false);
            lock (_gate)
                _bound.Remove(binding);
        }
    }

    private Task AnnounceAsync(IEnumerable<SessionBinding> bindings) =>
        roster.AnnounceAsync([.. bindings.SelectMany(binding => binding.Headers).Distinct(StringComparer.Ordinal)], _stopping.Token);
}
