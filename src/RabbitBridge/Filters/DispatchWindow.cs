using RabbitBridge.Fabric;

namespace RabbitBridge.Filters;

/// <summary>
/// How far a gateway goes ahead of the requester of a filter request: which of its sessions it asks already, and which answers wait here because the requester has
/// yet to take up others. Not thread-safe.
/// </summary>
internal sealed class DispatchWindow
{
    /// <summary>How many answers may be awaited, but for those of silent sessions, or sent and not taken up.</summary>
    public const int Answers = 1024;

    // Before the first answer nobody knows how large they are.
    private const int FirstSessions = 8;

    // However large they are, so that one that is slow does not hold up the others; what comes of them is held.
    private const int FewestSessions = 4;

    private readonly SentAnswers _sent = new(Answers);
    private readonly Queue<ResponseEnvelope> _held = new();
    private int _expectedBytes = SentAnswers.Bytes / FirstSessions;
    private bool _isMeasured;
    private int _asked;
    private int _awaited;
    private int _silent;
    private int _silentBefore;
    private int _sentInAll;
    private int _taken;
    private int _apart;

    /// <summary>How many answers the requester has told that it has taken up.</summary>
    public int Told { get; private set; }

    /// <summary>The bytes of the answers that are held.</summary>
    public long HeldBytes { get; private set; }

    public bool HoldsAny => _held.Count > 0;

    /// <summary>Whether one more session may be asked.</summary>
    public bool MayAsk => _held.Count == 0 && _sent.HasRoom && Active + _sent.Count < Answers
        && (Active < FewestSessions || _sent.TotalBytes + ((long)Active * _expectedBytes) < SentAnswers.Bytes);

    /// <summary>Whether what has been sent, and not taken up, keeps anything back.</summary>
    public bool IsFull => _sent.Count > 0 && (HoldsAny || !MayAsk);

    // A session that has not answered for a while does not hold up the others.
    private int Active => _awaited - _silent;

    public void Asked()
    {
        _asked++;
        _awaited++;
    }

    /// <summary>A session has answered, and its answer may be sent at once.</summary>
    /// <param name="index">The session's place among those that are asked.</param>
    /// <param name="answer">The answer.</param>
    /// <returns>Whether it was counted as sent; if not, it is to be held.</returns>
    public bool TryPass(int index, in ResponseEnvelope answer)
    {
        _awaited--;
        if (index < _silentBefore)
            _silent--;
        var bytes = HeldAnswers.SizeOf(answer);
        // As large as the largest of late: one that was larger than the others is forgotten after some dozens, and one that is smaller proves nothing. Refusals say nothing
        // of what answers will be like.
        if (answer.Error is null)
            (_expectedBytes, _isMeasured) = (Math.Max(bytes, _expectedBytes - (_expectedBytes / 8)), true);
        if (HoldsAny || !_sent.HasRoom)
            return false;
        Sent(bytes);
        return true;
    }

    /// <summary>Keeps an answer until the requester has room for it.</summary>
    public void Hold(in ResponseEnvelope answer)
    {
        _held.Enqueue(answer);
        HeldBytes += HeldAnswers.SizeOf(answer);
    }

    /// <summary>Counts an answer as sent without regard to room.</summary>
    public void Force(in ResponseEnvelope answer) => Sent(HeldAnswers.SizeOf(answer));

    /// <summary>The oldest answer that is held, if there is room for it now; it counts as sent.</summary>
    public bool TryRelease(out ResponseEnvelope answer)
    {
        answer = default;
        if (!_sent.HasRoom || !_held.TryDequeue(out answer))
            return false;
        var bytes = HeldAnswers.SizeOf(answer);
        HeldBytes -= bytes;
        Sent(bytes);
        return true;
    }

    /// <summary>Gives up what is held.</summary>
    public ResponseEnvelope[] TakeHeld()
    {
        ResponseEnvelope[] held = [.. _held];
        _held.Clear();
        HeldBytes = 0;
        return held;
    }

    /// <summary>The requester has taken up so many answers in all; what it tells beyond what was sent, or has told before, has no effect.</summary>
    public void TakenInAll(int answers)
    {
        Told = Math.Max(Told, Math.Min(answers, _sentInAll));
        Take();
    }

    /// <summary>One more answer keeps nothing back: it is written where nobody tells of it, or lost on its way.</summary>
    public void TakenApart()
    {
        _apart++;
        Take();
    }

    /// <summary>
    /// Whoever has been asked had a while to answer; those who have not hold up the others no longer. As long as no answer has come at all nothing is known of them, and
    /// more and more are asked each time.
    /// </summary>
    public void Waited()
    {
        (_silent, _silentBefore) = (_awaited, _asked);
        if (!_isMeasured)
            _expectedBytes = Math.Max(1, _expectedBytes / 2);
    }

    private void Take()
    {
        var more = Math.Min(Told + _apart, _sentInAll) - _taken;
        _taken += more;
        _sent.Taken(more);
    }

    private void Sent(int bytes)
    {
        _sent.Sent(bytes);
        _sentInAll++;
    }
}
