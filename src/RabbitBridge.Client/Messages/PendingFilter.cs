using System.Threading.Channels;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>The answers to a filter request.</summary>
internal sealed class PendingFilter<TResponse>(DataType<TResponse> responseType) : PendingReply
{
    private readonly Channel<FilteredResponse<TResponse>> _answers = Channel.CreateUnbounded<FilteredResponse<TResponse>>();
    private readonly TaskCompletionSource<int> _count = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _arrived;
    private int _expected = -1;

    /// <summary>To how many sessions the request was sent.</summary>
    public Task<int> Count => _count.Task;

    public ChannelReader<FilteredResponse<TResponse>> Answers => _answers.Reader;

    public override bool Take(RemoteMessage message)
    {
        switch (message.Type)
        {
            case RemoteMessageType.Error:
                Fail(MessagingException.For((ErrorReason)message.Reason, message.Text));
                return true;
            case RemoteMessageType.FilterCount:
                _expected = message.Count;
                _count.TrySetResult(message.Count);
                break;
            case RemoteMessageType.FilterAnswer or RemoteMessageType.FilterError:
                _arrived++;
                _answers.Writer.TryWrite(Read(message));
                break;
            default:
                return false;
        }

        if (_arrived != _expected)
            return false;
        _answers.Writer.TryComplete();
        return true;
    }

    public override void Fail(MessagingException error)
    {
        if (_count.TrySetException(error))
            // Who enumerates the answers sees the error there, and never looks here.
            _ = _count.Task.Exception;
        _answers.Writer.TryComplete(error);
    }

    private FilteredResponse<TResponse> Read(RemoteMessage message)
    {
        var session = message.Session.GetValueOrDefault();
        if (message.Type == RemoteMessageType.FilterError)
            return new FilteredResponse<TResponse>(session, MessagingException.For((ErrorReason)message.Reason, message.Text));
        try
        {
            return new FilteredResponse<TResponse>(session, Values.Read(responseType, message));
        }
        catch (MessagingException exception)
        {
            return new FilteredResponse<TResponse>(session, exception);
        }
    }
}
