using System.Threading.Channels;
using RabbitBridge.Fabric;
using RabbitBridge.Sessions;

namespace RabbitBridge.Filters;

/// <summary>A filter request whose answers are read as a type.</summary>
internal sealed class FilterCall<TResponse>(FilterCalls table, Session session, long deadline, DataType<TResponse> responseType)
    : FilterCall(table, session, deadline)
{
    // The gateways that answer send no more than a window ahead of the reader.
    private readonly Channel<FilteredResponse<TResponse>> _answers = Channel.CreateUnbounded<FilteredResponse<TResponse>>(
        new UnboundedChannelOptions { SingleReader = true });

    private readonly TaskCompletionSource<int> _count = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The number of sessions, when it is known.</summary>
    public Task<int> Sessions => _count.Task;

    public ChannelReader<FilteredResponse<TResponse>> Answers => _answers.Reader;

    protected override void Deliver(SessionId session, in ResponseEnvelope response) => _answers.Writer.TryWrite(Read(session, response));

    protected override void Counted(int count, MessagingException? error)
    {
        if (error is null)
            _count.TrySetResult(count);
        else if (_count.TrySetException(error))
            // Who enumerates the answers sees the error there, and never looks here.
            _ = _count.Task.Exception;
    }

    protected override void Ended(MessagingException? error) => _answers.Writer.TryComplete(error);

    protected override void Abandoned()
    {
        _count.TrySetCanceled();
        _answers.Writer.TryComplete(new OperationCanceledException());
    }

    private FilteredResponse<TResponse> Read(SessionId session, in ResponseEnvelope response)
    {
        if (response.Error is { } error)
            return new FilteredResponse<TResponse>(session, MessagingException.For(error, response.ErrorMessage ?? error.ToString()));
        try
        {
            return new FilteredResponse<TResponse>(session, ValueCodec.Read("response", responseType, response.ContentType, response.Persist().Payload));
        }
        catch (MessagingException exception)
        {
            return new FilteredResponse<TResponse>(session, exception);
        }
    }
}
