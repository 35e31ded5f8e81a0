using System.Numerics;
using RabbitBridge.Diagnostics;

namespace RabbitBridge.Calls;

/// <summary>
/// The calls of a gateway that wait for their answers. The low bits of a call's number are its slot, handed out in order, so
/// that adding, finding and removing are one atomic operation each; a slot that a slow call still holds is skipped. The bits above
/// are random: services see the numbers of what they are asked, and must not guess another's from them.
/// </summary>
internal sealed class PendingCalls
{
    // No number is 0, which stands for none.
    private const long FirstId = 1L << 62;

    private readonly PendingCall?[] _slots;
    private readonly int _limit;
    private readonly TimeoutWheel _wheel;
    private readonly Telemetry _telemetry;
    private readonly int _slotBits;
    private long _lastSlot;
    private int _count;

    /// <param name="limit">How many calls may wait at once. Twice as many slots keep the search for a free one short.</param>
    /// <param name="wheel">Ends calls whose time is over.</param>
    /// <param name="telemetry">Counts responses that come too late.</param>
    public PendingCalls(int limit, TimeoutWheel wheel, Telemetry telemetry)
    {
        _limit = limit;
        _wheel = wheel;
        _telemetry = telemetry;
        _slots = new PendingCall?[BitOperations.RoundUpToPowerOf2((uint)limit * 2)];
        _slotBits = BitOperations.Log2((uint)_slots.Length);
    }

    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes in a call and gives it its number.</summary>
    /// <returns>Whether there was room.</returns>
    public bool TryAdd(PendingCall call)
    {
        if (Interlocked.Increment(ref _count) > _limit)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        do
            call.Id = NextId();
        while (Interlocked.CompareExchange(ref Slot(call.Id), call, null) is not null);

        call.Work?.CallStarted();
        if (call.Deadline == 0)
            return true;
        _wheel.Add(call, call.Deadline);
        // It could be found, and so be ended, before it was in the wheel.
        if (call.IsEnded)
            _wheel.Remove(call);
        return true;
    }

    /// <summary>Has a call end earlier than it would. The call itself stays where it is in the wheel: to move it would race with its end.</summary>
    public void Limit(PendingCall call, long deadline)
    {
        var limit = new CallLimit(call);
        call.Limit = limit;
        _wheel.Add(limit, deadline);
        // Its end may have come before the limit could be seen.
        if (call.IsEnded)
            _wheel.Remove(limit);
    }

    /// <summary>A positive number that no other call of the gateway has, and nobody can guess.</summary>
    public long NextId() =>
        (((RandomBits.Next() << _slotBits) | (Interlocked.Increment(ref _lastSlot) & (_slots.Length - 1))) & long.MaxValue) | FirstId;

    public PendingCall? Find(long id) => Volatile.Read(ref Slot(id)) is { } call && call.Id == id ? call : null;

    /// <summary>Takes out a call that has ended; only <see cref="PendingCall"/> itself calls this.</summary>
    public void Remove(PendingCall call)
    {
        if (Interlocked.CompareExchange(ref Slot(call.Id), null, call) != call)
            return;
        _wheel.Remove(call);
        if (call.Limit is { } limit)
            _wheel.Remove(limit);
        Interlocked.Decrement(ref _count);
    }

    /// <summary>Fails every call that meets a condition.</summary>
    /// <returns>How many did.</returns>
    public int FailWhere(Func<PendingCall, bool> condition, ErrorReason reason, string message)
    {
        return Where(condition).Count(call => call.TryFail(reason, message));
    }

    /// <summary>The calls that meet a condition. Looks at every slot.</summary>
    public IEnumerable<PendingCall> Where(Func<PendingCall, bool> condition)
    {
        for (var i = 0; i < _slots.Length; i++)
        {
            if (Volatile.Read(ref _slots[i]) is { } call && condition(call))
                yield return call;
        }
    }

    public void CountLateResponse() => _telemetry.LateResponse();

    private ref PendingCall? Slot(long id) => ref _slots[id & (_slots.Length - 1)];
}
