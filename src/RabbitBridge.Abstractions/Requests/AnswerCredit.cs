namespace RabbitBridge;

/// <summary>
/// What a requester has taken up of the answers to a filter request that one sender has sent, and not told it yet. Often enough that the sender, who goes ahead by a
/// number of answers and by <see cref="SentAnswers.Bytes"/>, never waits for what only comes with more answers.
/// </summary>
/// <param name="step">How many answers are told of at a time.</param>
internal sealed class AnswerCredit(int step)
{
    private const int StepBytes = SentAnswers.Bytes / 4;

    private readonly Lock _gate = new();
    private readonly Queue<int> _delivered = new();
    private int _untold;
    private long _untoldBytes;

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
            if (_untold < step && _untoldBytes < StepBytes)
                return 0;
            var told = _untold;
            (_untold, _untoldBytes) = (0, 0);
            return told;
        }
    }
}
