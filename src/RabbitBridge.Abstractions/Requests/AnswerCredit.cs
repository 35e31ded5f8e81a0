namespace RabbitBridge;

/// <summary>
/// What a requester has taken up of the answers to a filter request that one sender has sent, and not told it yet. It tells of so many answers, or bytes, at a time. That
/// need not be what the sender counts, who may have sent something else in place of an answer, or in another order; so it tells as well, when it is asked, as soon as
/// nothing lies here that has come.
/// </summary>
/// <param name="step">How many answers are told of at a time.</param>
internal sealed class AnswerCredit(int step)
{
    private const int StepBytes = SentAnswers.Bytes / 4;

    private readonly Lock _gate = new();
    private readonly Queue<int> _delivered = new();
    private int _untold;
    private long _untoldBytes;
    private bool _isAsked;

    /// <summary>An answer has come.</summary>
    /// <param name="bytes">The size of its value.</param>
    public void Delivered(int bytes)
    {
        lock (_gate)
            _delivered.Enqueue(bytes);
    }

    /// <summary>The oldest answer that was delivered has been taken up.</summary>
    /// <returns>Of how many answers the sender is to be told; 0 for not yet.</returns>
    public int Taken()
    {
        lock (_gate)
        {
            _untold++;
            _untoldBytes += _delivered.TryDequeue(out var bytes) ? bytes : 0;
            return _untold >= step || _untoldBytes >= StepBytes || (_isAsked && _delivered.Count == 0) ? Tell() : 0;
        }
    }

    /// <summary>The sender has no room, and asks.</summary>
    /// <returns>Of how many answers it is to be told; 0 for not yet.</returns>
    public int Asked()
    {
        lock (_gate)
        {
            if (_untold > 0 && _delivered.Count == 0)
                return Tell();
            _isAsked = true;
            return 0;
        }
    }

    private int Tell()
    {
        var told = _untold;
        (_untold, _untoldBytes, _isAsked) = (0, 0, false);
        return told;
    }
}
