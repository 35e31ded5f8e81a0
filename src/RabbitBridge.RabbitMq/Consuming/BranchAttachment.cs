using RabbitBridge.Fabric;

namespace RabbitBridge.RabbitMq.Consuming;

/// <summary>How it stands with the queue of one branch in one epoch: whether it is wanted, whether it is consumed, and what is wrong with it if not.</summary>
internal sealed class BranchAttachment(MessagePath path)
{
    // A queue that went with another gateway's last consumer, and the like, is there again at the next attempt.
    private const int FailuresToTell = 3;

    // Some two seconds: whoever waits may be told, though it is tried on.
    private const int FailuresToRefuse = 8;

    private readonly Lock _gate = new();
    private BranchAnnouncement? _wanted;
    private BranchConsumer? _consumer;
    private TaskCompletionSource _settled = Completed();
    private string? _problem;
    private bool _isAtWork;
    private bool _isForgotten;

    public MessagePath Path => path;

    /// <summary>How many attempts have failed, one after the other.</summary>
    public int Failures { get; private set; }

    /// <summary>Why a branch that is wanted is not consumed; <see langword="null"/> if it is, or has not been tried.</summary>
    public string? Problem
    {
        get
        {
            lock (_gate)
                return _wanted is null ? null : _problem;
        }
    }

    /// <summary>Changes what is wanted of the branch.</summary>
    /// <param name="branch">The branch; <see langword="null"/> if it is not to be consumed any more.</param>
    /// <param name="isToDo">Whether somebody has to work at it.</param>
    /// <returns>Completes when it is as wanted; <see langword="null"/> if the attachment has been forgotten.</returns>
    public Task? Want(BranchAnnouncement? branch, out bool isToDo)
    {
        lock (_gate)
        {
            isToDo = false;
            if (_isForgotten)
                return null;
            _wanted = branch;
            if (_settled.Task.IsCompleted)
                _settled = IsAsWanted ? Completed() : NewSignal();
            isToDo = Begin();
            return _settled.Task;
        }
    }

    /// <summary>Whether somebody has to work at it, who is then the only one.</summary>
    public bool TryBegin()
    {
        lock (_gate)
            return Begin();
    }

    /// <summary>What is to be done: consume what is wanted, or let go of the consumer.</summary>
    public (BranchAnnouncement? Attach, BranchConsumer? Detach) Next()
    {
        lock (_gate)
            return _wanted is not null && _consumer is null ? (_wanted, null) : (null, _wanted is null ? _consumer : null);
    }

    /// <summary>What was to be done is done.</summary>
    /// <param name="attached">The branch's new consumer, if it has one.</param>
    /// <param name="detached">The consumer that it had, if that has ended.</param>
    /// <returns>Whether there is more to do, by the same one; if not, whether the attachment is forgotten, and whether a problem is over that was told.</returns>
    public (bool IsMore, bool IsForgotten, bool WasTold) Done(BranchConsumer? attached, BranchConsumer? detached)
    {
        lock (_gate)
        {
            var wasTold = Failures >= FailuresToTell;
            if (_consumer == detached)
                _consumer = null;
            // Its channel may have closed while it was being set up.
            if (attached is { IsLost: false })
                _consumer = attached;
            Failures = 0;
            _problem = null;
            if (!IsAsWanted)
                return (true, false, wasTold);
            _isAtWork = false;
            _isForgotten = _wanted is null;
            _settled.TrySetResult();
            return (false, _isForgotten, wasTold);
        }
    }

    /// <summary>What was to be done has failed.</summary>
    /// <param name="problem">Why.</param>
    /// <param name="isFatal">Whether no further attempt can succeed until somebody mends something.</param>
    /// <param name="error">For whoever waits, if waiting leads nowhere.</param>
    /// <returns>Whether it is time to tell people.</returns>
    public bool Failed(string problem, bool isFatal, Exception error)
    {
        lock (_gate)
        {
            _isAtWork = false;
            var before = Failures;
            Failures = isFatal ? Math.Max(before + 1, FailuresToTell) : before + 1;
            _problem = problem;
            if ((isFatal || Failures >= FailuresToRefuse) && _wanted is not null && _settled.TrySetException(error))
                // Nobody need wait for it: after a reconnection nobody does.
                _ = _settled.Task.Exception;
            return _wanted is not null && before < FailuresToTell && Failures >= FailuresToTell;
        }
    }

    /// <summary>A consumer is gone.</summary>
    /// <returns>Whether it was the branch's.</returns>
    public bool Lost(BranchConsumer consumer)
    {
        lock (_gate)
        {
            if (_consumer != consumer)
                return false;
            _consumer = null;
            return true;
        }
    }

    /// <summary>The epoch is over.</summary>
    public void End()
    {
        lock (_gate)
            _settled.TrySetCanceled();
    }

    private bool IsAsWanted => _wanted is null == _consumer is null;

    private bool Begin()
    {
        if (_isAtWork || _isForgotten || IsAsWanted && _wanted is not null)
            return false;
        return _isAtWork = true;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource Completed()
    {
        var completed = NewSignal();
        completed.SetResult();
        return completed;
    }
}
