using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace RabbitBridge;

/// <summary>The answers to a filter request on their way to whoever sent it.</summary>
internal sealed class FilteredAnswers<TResponse>
{
    // Whoever answers sends no more than a window ahead of the reader.
    private readonly Channel<FilteredResponse<TResponse>> _answers = Channel.CreateUnbounded<FilteredResponse<TResponse>>(
        new UnboundedChannelOptions { SingleReader = true });

    private readonly TaskCompletionSource<int> _count = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DataType<TResponse> _responseType;
    private readonly Action<SessionId> _taken;
    private readonly Action _left;

    /// <param name="responseType">How the answers are read.</param>
    /// <param name="taken">Hears of each answer that the reader is done with, and whose it is.</param>
    /// <param name="left">Hears when nobody reads, or waits for the number of sessions, any more.</param>
    public FilteredAnswers(DataType<TResponse> responseType, Action<SessionId> taken, Action left) =>
        (_responseType, _taken, _left) = (responseType, taken, left);

    /// <summary>Takes a session's answer.</summary>
    public void Deliver(SessionId session, string contentType, ReadOnlyMemory<byte> payload)
    {
        try
        {
            _answers.Writer.TryWrite(new FilteredResponse<TResponse>(session, ValueCodec.Read("response", _responseType, contentType, payload)));
        }
        catch (MessagingException exception)
        {
            _answers.Writer.TryWrite(new FilteredResponse<TResponse>(session, exception));
        }
    }

    /// <summary>Takes a session's error.</summary>
    public void Deliver(SessionId session, ErrorReason reason, string message) =>
        _answers.Writer.TryWrite(new FilteredResponse<TResponse>(session, MessagingException.For(reason, message)));

    /// <summary>To how many sessions the request was sent is known, or why it is not.</summary>
    public void Counted(int count, MessagingException? error)
    {
        if (error is null)
            _count.TrySetResult(count);
        else if (_count.TrySetException(error))
            // Who enumerates the answers sees the error there, and never looks here.
            _ = _count.Task.Exception;
    }

    /// <summary>Nothing more is delivered.</summary>
    public void End(MessagingException? error) => _answers.Writer.TryComplete(error);

    /// <summary>Whoever sent the request has given it up.</summary>
    public void Abandon()
    {
        _count.TrySetCanceled();
        _answers.Writer.TryComplete(new OperationCanceledException());
    }

    /// <summary>Passes the answers to a callback, one after the other.</summary>
    /// <param name="callback">The application's.</param>
    /// <param name="failed">Takes whatever the callback throws.</param>
    /// <param name="cancellationToken">Gives the request up.</param>
    /// <returns>The number of sessions.</returns>
    public Task<int> PassTo(IFilteredRequestCallback<TResponse> callback, Action<Exception> failed, CancellationToken cancellationToken)
    {
        // Nobody waits for the last answer, but nothing escapes the loop either.
        _ = Task.Run(() => FilteredCallback.PassAllAsync(ReadAsync(cancellationToken), _count.Task, callback, failed), CancellationToken.None);
        return _count.Task.IsCompleted ? _count.Task : CountAsync(cancellationToken);
    }

    /// <summary>Gives the answers as they come. Whoever leaves early abandons the rest.</summary>
    public async IAsyncEnumerable<FilteredResponse<TResponse>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var answer in _answers.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return answer;
                _taken(answer.Session);
            }
        }
        finally
        {
            _left();
        }
    }

    /// <summary>The number of sessions. Who cancels abandons the request.</summary>
    public async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _count.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _left();
            throw;
        }
    }
}
