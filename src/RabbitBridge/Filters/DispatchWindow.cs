using RabbitBridge.Fabric;

namespace RabbitBridge.Filters;

/// <summary>
/// How far a gateway goes ahead of the requester of a filter request: which of its sessions it asks already, and which answers wait here because the requester has
/// yet to take up others. Not thread-safe.
/// </summary>
internal sealed class DispatchWindow
{
    /// <summary>How many answers may be awaited, held, or sent and not taken up.</summary>
    public const int Answers = 1024;

    // Before the first answer nobody knows how large they are: of these all may have 4 MiB, and find room.
    private const int FirstSessions = 16;

    // So many waits in which others have answered.
    private const int LongestSilence = 5;

    private readonly SentAnswers _sent = new(Answers);
    private readonly Queue<ResponseEnvelope> _held = new();
    private long _heldBytes;
    private int _expectedBytes = SentAnswers.Bytes / FirstSessions;
    private bool _isMeasured;
    private int _awaited;
    private int _silent;
    private bool _hasAnswered;
    private int _waits;

    /// <summary>Whether one more session may be asked.</summary>
    public bool MayAsk => Active + _sent.Count + _held.Count < Answers
        && _sent.TotalBytes + _heldBytes + ((long)Active * _expectedBytes) < SentAnswers.Bytes;

    // A session that has not answered for a while does not hold up the others.
    private int Active => _awaited - _silent;

    public void Asked() => _awaited++;

    /// <summary>A session has answered, and its answer may be sent at once, or is not to be held.</summary>
    /// <returns>Whether it was counted as sent; if not, it is to be held.</returns>
    public bool TryPass(in ResponseEnvelope answer)
    {
        _hasAnswered = true;
        _awaited--;
        _silent = Math.Min(_silent, _awaited);
        var bytes = answer.Payload.Length;
        // Refusals say nothing of what answers will be like.
        if (answer.Error is null)
            (_expectedBytes, _isMeasured) = (_isMeasured ? Math.Max(_expectedBytes, bytes) : bytes, true);
        if (_held.Count > 0 || !_sent.HasRoom)
            return false;
        _sent.Sent(bytes);
        return true;
    }

    /// <summary>Keeps an answer until the requester has room for it.</summary>
    public void Hold(in ResponseEnvelope answer)
    {
        _held.Enqueue(answer);
        _heldBytes += answer.Payload.Length;
    }

    /// <summary>Counts an answer as sent without regard to room.</summary>
    public void Force(in ResponseEnvelope answer) => _sent.Sent(answer.Payload.Length);

    /// <summary>The oldest answer that is held, if there is room for it now; it counts as sent.</summary>
    public bool TryRelease(out ResponseEnvelope answer)
    {
        answer = default;
        if (!_sent.HasRoom || !_held.TryDequeue(out answer))
            return false;
        _heldBytes -= answer.Payload.Length;
        _sent.Sent(answer.Payload.Length);
        return true;
    }

    /// <summary>Gives up what is held.</summary>
    public ResponseEnvelope[] TakeHeld()
    {
        ResponseEnvelope[] held = [.. _held];
        _held.Clear();
        _heldBytes = 0;
        return held;
    }

    /// <summary>The requester has taken up so many answers.</summary>
    public void Taken(int answers) => _sent.Taken(answers);

    /// <summary>
    /// Whoever has been asked had a while to answer. If nobody has, or after some such waits, those who have not hold up the others no longer; and as long as no answer
    /// has come at all, of which nothing is known therefore, more and more are asked each time.
    /// </summary>
    public void Waited()
    {
        if (_hasAnswered && ++_waits < LongestSilence)
        {
            _hasAnswered = false;
            return;
        }

        (_silent, _waits) = (_awaited, 0);
        if (!_isMeasured)
            _expectedBytes = Math.Max(1, _expectedBytes / 2);
    }
}
