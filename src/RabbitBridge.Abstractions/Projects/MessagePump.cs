using System.Threading.Channels;

namespace RabbitBridge;

/// <summary>
/// Handles messages one after the other, in the order in which they came, each no longer than its time. A handler that takes longer is
/// left behind, also when it blocks its thread: the next message goes on upon another one.
/// </summary>
#pragma warning disable CA1001 // Its timer goes with its last message, and it is closed by a token.
internal sealed class MessagePump
#pragma warning restore CA1001
{
    private readonly Channel<PumpedMessage> _messages;
    private readonly Action<int> _dropped;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Timer _timer;
    private readonly CancellationTokenRegistration _closing;
    private PumpedMessage? _current;
    private CancellationTokenSource? _left;
    private CancellationTokenRegistration _cancelling;
    private long _deadline;
    private long _timerAt = long.MaxValue;
    private int _turn;
    private bool _isClosed;

    /// <param name="capacity">How many may wait.</param>
    /// <param name="dropped">Told how many waited when it was closed.</param>
    /// <param name="closed">Closes it: what is under way is left behind, and what waits is dropped.</param>
    public MessagePump(int capacity, Action<int> dropped, CancellationToken closed)
    {
        _dropped = dropped;
        _messages = Channel.CreateBounded<PumpedMessage>(new BoundedChannelOptions(capacity));
        _timer = new Timer(static state => ((MessagePump)state!).OnTime(), this, Timeout.Infinite, Timeout.Infinite);
        Go(turn: 0);
        _closing = closed.UnsafeRegister(static state => ((MessagePump)state!).Close(), this);
    }

    /// <summary>Ends with the last message. Never fails.</summary>
    public Task Completion => _completion.Task;

    /// <returns>Whether there was room.</returns>
    public bool TryAdd(PumpedMessage message) => _messages.Writer.TryWrite(message);

    /// <summary>Takes no more; what waits is still handled.</summary>
    public void Complete() => _messages.Writer.TryComplete();

    private void Go(int turn) => _ = Task.Run(() => HandleAllAsync(turn), CancellationToken.None);

    // Ends when it has lost its turn: then another one goes on.
    private async Task HandleAllAsync(int turn)
    {
        while (await _messages.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (_messages.Reader.TryRead(out var message))
            {
                if (!await HandleAsync(message, turn).ConfigureAwait(false))
                    return;
            }
        }

        _completion.TrySetResult();
        _closing.Unregister();
        await _timer.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<bool> HandleAsync(PumpedMessage message, int turn)
    {
        if (message.Cancelled.IsCancellationRequested)
        {
            message.LeftBehind(LeftReason.NobodyWaits);
            return true;
        }

        // One for each: what a handler registers with its token goes with its message. It has no timer and no handle, and needs no disposal.
        var left = new CancellationTokenSource();
        if (!TryBegin(message, left))
        {
            message.LeftBehind(LeftReason.Closed);
            return true;
        }

        if (message.Cancelled.CanBeCanceled && !TryWatch(message))
            return false;
        object? answer = null;
        Exception? failure = null;
        try
        {
            var running = message.RunAsync(left.Token);
            var isDone = running.IsCompleted;
            answer = await running.ConfigureAwait(false);
            // Whoever has completed it gets its thread back: the next handler may block.
            if (!isDone)
                await Task.Yield();
        }
#pragma warning disable CA1031 // Whatever a handler throws is told, and goes no further.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure = exception;
        }

        if (!TryEnd(turn))
        {
            if (failure is not null and not OperationCanceledException)
                message.FailedLate(failure);
            return false;
        }

        if (failure is null)
            message.Handled(answer);
        else
            message.Failed(failure);
        return true;
    }

    // False if it is closed.
    private bool TryBegin(PumpedMessage message, CancellationTokenSource left)
    {
        lock (_gate)
        {
            if (_isClosed)
                return false;
            (_current, _left) = (message, left);
            var limit = message.TimeLimit;
            _deadline = limit == Timeout.InfiniteTimeSpan ? long.MaxValue : Environment.TickCount64 + (long)limit.TotalMilliseconds;
            SetTimer();
            return true;
        }
    }

    // False if nobody waits for it any more, and so another one goes on.
    private bool TryWatch(PumpedMessage message)
    {
        var cancelling = message.Cancelled.UnsafeRegister(
            static state =>
            {
                var (pump, message) = ((MessagePump, PumpedMessage))state!;
                pump.Leave(message, LeftReason.NobodyWaits);
            },
            (this, message));
        lock (_gate)
        {
            if (_current != message)
                return false;
            _cancelling = cancelling;
            return true;
        }
    }

    private bool TryEnd(int turn)
    {
        CancellationTokenRegistration cancelling;
        lock (_gate)
        {
            if (_turn != turn)
                return false;
            (cancelling, _cancelling) = (_cancelling, default);
            (_current, _left) = (null, null);
        }

        cancelling.Unregister();
        return true;
    }

    // Called with the lock held. Not for each message: a timer that is early looks again.
    private void SetTimer()
    {
        if (_deadline >= _timerAt)
            return;
        _timerAt = _deadline;
        _timer.Change(Math.Max(0, _deadline - Environment.TickCount64), Timeout.Infinite);
    }

    private void OnTime()
    {
        PumpedMessage? late = null;
        lock (_gate)
        {
            _timerAt = long.MaxValue;
            if (_current is null)
                return;
            if (_deadline <= Environment.TickCount64)
                late = _current;
            else
                SetTimer();
        }

        if (late is not null)
            Leave(late, LeftReason.TimeOver);
    }

    private void Leave(PumpedMessage message, LeftReason reason)
    {
        CancellationTokenSource left;
        int turn;
        lock (_gate)
        {
            if (_current != message)
                return;
            left = _left!;
            (_current, _left, _cancelling) = (null, null, default);
            turn = ++_turn;
        }

        message.LeftBehind(reason);
        _ = CancelAsync(left, message);
        Go(turn);
    }

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
            message.FailedLate(exception);
        }
    }

    private void Close()
    {
        PumpedMessage? current;
        lock (_gate)
        {
            _isClosed = true;
            current = _current;
        }

        _messages.Writer.TryComplete();
        var count = 0;
        while (_messages.Reader.TryRead(out var message))
        {
            count++;
            message.LeftBehind(LeftReason.Closed);
        }

        if (count > 0)
            _dropped(count);
        if (current is not null)
            Leave(current, LeftReason.Closed);
    }
}
