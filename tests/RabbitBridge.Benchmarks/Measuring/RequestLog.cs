using System.Diagnostics;
using RabbitBridge.Benchmarks.Control;

namespace RabbitBridge.Benchmarks.Measuring;

/// <summary>
/// When each request of a load was sent and when and how it ended. It has its memory from the start, so that keeping account is no part of what
/// a load takes.
/// </summary>
internal sealed class RequestLog(int capacity)
{
    private const int None = 0;
    private const int Answer = 1;
    private const int Fault = 2;
    private const int WholeAnswers = 100;
    // The gateway may hand requests over for a moment before it sees that the broker is away.
    private static readonly long Unseen = Stopwatch.Frequency;
    private readonly long[] _sent = new long[capacity];
    private readonly long[] _ended = new long[capacity];
    private readonly int[] _outcomes = new int[capacity];
    private DateTimeOffset _beginTime;
    private long _begin;
    private int _count;
    private int _pending;

    public bool IsFull => _count == capacity;

    /// <summary>How many have been sent and have not ended.</summary>
    public int Pending => Volatile.Read(ref _pending);

    public void Clear()
    {
        Array.Clear(_outcomes);
        _count = 0;
        Volatile.Write(ref _pending, 0);
        (_beginTime, _begin) = (TimeProvider.System.GetUtcNow(), Stopwatch.GetTimestamp());
    }

    /// <summary>A request is about to be sent. Called by one thread at a time.</summary>
    /// <returns>Its number.</returns>
    public int Begin()
    {
        Interlocked.Increment(ref _pending);
        _sent[_count] = Stopwatch.GetTimestamp();
        return _count++;
    }

    public void Answered(int request) => End(request, Answer);

    public void Failed(int request, ErrorReason reason) => End(request, (int)reason);

    /// <summary>It ended in a way in which no request may end.</summary>
    public void Broke(int request) => End(request, Fault);

    public LoadEnded Sum(EndLoad order, TimeSpan timeout)
    {
        var (broken, mended) = (Timestamp(order.BrokenAt), Timestamp(order.MendedAt));
        var outcomes = Enumerable.Range(0, _count).Select(request => Volatile.Read(ref _outcomes[request])).ToArray();
        var before = Enumerable.Range(0, _count).Where(request => _sent[request] < mended).ToArray();
        var ended = Enumerable.Range(0, _count).Where(request => outcomes[request] != None).ToArray();
        return new LoadEnded(
            before.Length,
            before.Count(request => outcomes[request] == Answer),
            before.Where(request => outcomes[request] is not None and not Answer).CountBy(request => Name(outcomes[request])).ToDictionary(),
            before.Count(request => outcomes[request] == (int)ErrorReason.RequestTimeOut && _sent[request] > broken + Unseen),
            _count - ended.Length,
            ended.Length == 0 ? 0 : ended.Max(request => Stopwatch.GetElapsedTime(_sent[request], _ended[request]) - timeout).TotalMilliseconds,
            WholeAfter(mended, [.. ended.Where(request => _sent[request] >= mended)], outcomes)?.TotalSeconds);
    }

    private static string Name(int outcome) => outcome == Fault ? "otherwise" : ((ErrorReason)outcome).ToString();

    private TimeSpan? WholeAfter(long mended, int[] ended, int[] outcomes)
    {
        var inRow = 0;
        foreach (var request in ended.OrderBy(request => _ended[request]))
        {
            inRow = outcomes[request] == Answer ? inRow + 1 : 0;
            if (inRow == WholeAnswers)
                return Stopwatch.GetElapsedTime(mended, _ended[request]);
        }

        return null;
    }

    private void End(int request, int outcome)
    {
        _ended[request] = Stopwatch.GetTimestamp();
        Volatile.Write(ref _outcomes[request], outcome);
        Interlocked.Decrement(ref _pending);
    }

    private long Timestamp(DateTimeOffset time) => _begin + (long)((time - _beginTime).TotalSeconds * Stopwatch.Frequency);
}
