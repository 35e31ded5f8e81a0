namespace RabbitBridge;

/// <summary>
/// Handles messages one after the other, in the order in which they came, each no longer than its time. A handler that takes longer is
/// left behind, also when it blocks its thread: the next message goes on upon another one.
/// </summary>
/// <remarks>
/// One loop at a time is in charge. It takes what waits all at once, and needs no lock for each message: whoever takes the current one
/// out of its field, the loop when it is handled or somebody who leaves it behind, has it, and has the loop, or another one, go on.
/// </remarks>
#pragma warning disable CA1001 // Its timer goes with its last message, and it is closed by a token.
internal sealed class MessagePump
#pragma warning restore CA1001
{
    private readonly int _capacity;
    private readonly long _maxBytes;
    private readonly Action<int> _dropped;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Timer _timer;
    private readonly CancellationTokenRegistration _closing;
    private Queue<PumpedMessage> _waiting = new();
    private Queue<PumpedMessage> _taken = new();
    private PumpedMessage? _current;
    private CancellationTokenSource? _left;
    private long _bytes;
    private long _deadline;
    private long _timerAt = long.MaxValue;
    private bool _isRunning;
    private bool _isComplete;
    private volatile bool _isClosed;

    /// <param name="capacity">How many may wait.</param>
    /// <param name="maxBytes">How many bytes these may have; the last of them may have more.</param>
    /// <param name="dropped">Told how many waited when it was closed.</param>
    /// <param name="closed">Closes it: what is under way is left behind, and what waits is dropped.</param>
    public MessagePump(int capacity, long maxBytes, Action<int> dropped, CancellationToken closed)
    {
        (_capacity, _maxBytes, _dropped) = (capacity, maxBytes, dropped);
        _timer = new Timer(static state => ((MessagePump)state!).OnTime(), this, Timeout.Infinite, Timeout.Infinite);
        _closing = closed.UnsafeRegister(static state => ((MessagePump)state!).Close(), this);
    }

    /// <summary>Ends with the last message. Never fails.</summary>
    public Task Completion => _completion.Task;

    /// <returns>Whether there was room.</returns>
    public bool TryAdd(PumpedMessage message)
    {
        lock (_gate)
        {
            if (_isComplete || _waiting.Count + _taken.Count >= _capacity || Interlocked.Read(ref _bytes) >= _maxBytes)
                return false;
            _waiting.Enqueue(message);
            Interlocked.Add(ref _bytes, message.Bytes);
            if (_isRunning)
                return true;
            _isRunning = true;
        }

        Go();
        return true;
    }

    /// <summary>Takes no more; what waits is still handled.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
            if (_isRunning)
                return;
        }

        End();
    }

    // Without the context of whoever has added the message: it is not the handlers'. The loop itself cannot fail.
    private void Go() => ThreadPool.UnsafeQueueUserWorkItem(static pump => _ = pump.HandleAllAsync(), this, preferLocal: false);

    private void End()
    {
        _completion.TrySetResult();
        _closing.Unregister();
        _timer.Dispose();
    }

    private async Task HandleAllAsync()
    {
        while (TryTake() is { } message)
        {
            if (!await HandleAsync(message).ConfigureAwait(false))
                return;
        }
    }

    private PumpedMessage? TryTake()
    {
        if (_isClosed)
            Drop(_taken);
        if (_taken.Count > 0)
            return Next();
        lock (_gate)
        {
            if (_waiting.Count > 0)
            {
                (_taken, _waiting) = (_waiting, _taken);
                return Next();
            }

            _isRunning = false;
            if (!_isComplete)
                return null;
        }

        End();
        return null;
    }

    private PumpedMessage Next()
    {
        var message = _taken.Dequeue();
        Interlocked.Add(ref _bytes, -message.Bytes);
        return message;
    }

    // False if it was left behind.
    private async ValueTask<bool> HandleAsync(PumpedMessage message)
    {
        // One for each: what a handler registers with its token goes with its message. It has no timer and no handle, and needs no disposal.
        var left = new CancellationTokenSource();
        Begin(message, left);
        var cancelling = message.Cancelled.UnsafeRegister(
            static state =>
            {
                var (pump, message) = ((MessagePump, PumpedMessage))state!;
                pump.Leave(message, LeftReason.NobodyWaits);
            },
            message.Cancelled.CanBeCanceled ? (this, message) : null);
        // Closed, or cancelled, between the two: it does not begin any more.
        if (_isClosed)
            Leave(message, LeftReason.Closed);
        if (Volatile.Read(ref _current) != message)
            return false;
        object? answer = null;
        Exception? failure = null;
        var isDone = true;
        try
        {
            var running = message.RunAsync(left.Token);
            isDone = running.IsCompleted;
            answer = await running.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a handler throws is told, and goes no further.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure = exception;
        }

        // Whoever has completed it gets its thread back: the next handler may block.
        if (!isDone)
            await Task.Yield();
        cancelling.Unregister();
        if (!TryHave(message))
        {
            if (failure is not null and not OperationCanceledException)
                message.Report(failure);
            return false;
        }

        // What its handler has registered there goes now, and not with the next message.
        _left = null;
        try
        {
            if (failure is null)
                message.Handled(answer);
            else
                message.Failed(failure);
        }
#pragma warning disable CA1031 // Such as a listener of the application to spans: it does not end the queue.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            message.Report(exception);
        }

        return true;
    }

    // In this order: whoever sees the message sees its deadline, or that of a later one, and may cancel its token.
    private void Begin(PumpedMessage message, CancellationTokenSource left)
    {
        var limit = message.TimeLimit;
        var deadline = limit == Timeout.InfiniteTimeSpan ? long.MaxValue : Environment.TickCount64 + (long)limit.TotalMilliseconds;
        Volatile.Write(ref _deadline, deadline);
        _left = left;
        // A full fence: a pump that is closed now sees the message, or this loop sees that it is closed.
        Interlocked.Exchange(ref _current, message);
        // Not for each message: a timer that is early looks again.
        if (deadline >= Volatile.Read(ref _timerAt))
            return;
        lock (_gate)
            SetTimer(deadline);
    }

    private bool TryHave(PumpedMessage message) => Interlocked.CompareExchange(ref _current, null, message) == message;

    // Called with the lock held.
    private void SetTimer(long deadline)
    {
        if (deadline >= _timerAt)
            return;
        Volatile.Write(ref _timerAt, deadline);
        _timer.Change(Math.Max(0, deadline - Environment.TickCount64), Timeout.Infinite);
    }

    private void OnTime()
    {
        PumpedMessage? current;
        long deadline;
        lock (_gate)
        {
            // A full fence: this sees the message, or whoever has just begun it sets the timer again.
            Interlocked.Exchange(ref _timerAt, long.MaxValue);
            current = Volatile.Read(ref _current);
            if (current is null)
                return;
            deadline = Volatile.Read(ref _deadline);
            if (deadline > Environment.TickCount64)
            {
                SetTimer(deadline);
                return;
            }
        }

        Leave(current, LeftReason.TimeOver);
    }

    private void Leave(PumpedMessage message, LeftReason reason)
    {
        if (!TryHave(message))
            return;
        var left = _left!;
        _left = null;
        LeaveBehind(message, reason);
        _ = CancelAsync(left, message);
        Go();
    }

    private static void LeaveBehind(PumpedMessage message, LeftReason reason)
    {
        try
        {
            message.LeftBehind(reason);
        }
#pragma warning disable CA1031 // As where it is handled.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            message.Report(exception);
        }
    }

    // Never fails: what callbacks on the token throw is told.
    private static async Task CancelAsync(CancellationTokenSource left, PumpedMessage message)
    {
        try
        {
            await left.CancelAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Callbacks on the handler's token are the application's.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            message.Report(exception);
        }
    }

    private void Drop(Queue<PumpedMessage> messages)
    {
        var count = messages.Count;
        while (messages.TryDequeue(out var message))
            LeaveBehind(message, LeftReason.Closed);
        if (count > 0)
            _dropped(count);
    }

    private void Close()
    {
        Queue<PumpedMessage> waiting;
        bool isIdle;
        lock (_gate)
        {
            _isComplete = true;
            isIdle = !_isRunning;
            (waiting, _waiting) = (_waiting, new());
        }

        _isClosed = true;
        Interlocked.MemoryBarrier();
        Drop(waiting);
        if (Volatile.Read(ref _current) is { } current)
            Leave(current, LeftReason.Closed);
        else if (isIdle)
            End();
    }
}
