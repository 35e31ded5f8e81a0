using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>A filter request and the answers to it.</summary>
internal sealed class PendingFilter<TResponse> : PendingReply
{
    // Of the 256 answers that may come unasked.
    private readonly AnswerCredit _credit = new(step: 128);
    private int _arrived;
    private int _expected = -1;

    /// <param name="responseType">How the answers are read.</param>
    /// <param name="cancel">Tells the gateway that nobody reads any more.</param>
    public PendingFilter(DataType<TResponse> responseType, Action<PendingReply> cancel) =>
        Answers = new FilteredAnswers<TResponse>(responseType, _ => Taken(), () =>
        {
            Operation?.Cancelled();
            cancel(this);
        });

    public FilteredAnswers<TResponse> Answers { get; }

    public override bool Take(RemoteMessage message)
    {
        switch (message.Type)
        {
            case RemoteMessageType.Error:
                Fail(MessagingException.For((ErrorReason)message.Reason, message.Text));
                return true;
            case RemoteMessageType.FilterCount:
                _expected = message.Count;
                Answers.Counted(message.Count, error: null);
                break;
            case RemoteMessageType.FilterError:
                _arrived++;
                _credit.Delivered(message.Payload.Length);
                Answers.Deliver(message.Session.GetValueOrDefault(), (ErrorReason)message.Reason, message.Text);
                break;
            case RemoteMessageType.FilterAnswer:
                _arrived++;
                _credit.Delivered(message.Payload.Length);
                Answers.Deliver(message.Session.GetValueOrDefault(), message.ContentType ?? ContentTypes.Binary, message.Payload);
                break;
            case RemoteMessageType.Credit:
                Tell(_credit.Asked());
                return false;
            default:
                return false;
        }

        if (_arrived != _expected)
            return false;
        Operation?.End();
        Answers.End(error: null);
        return true;
    }

    public override void Fail(MessagingException error)
    {
        Operation?.End(error.Reason);
        Answers.Counted(0, error);
        Answers.End(error);
    }

    private void Taken() => Tell(_credit.Taken());

    private void Tell(int answers)
    {
        if (answers > 0)
            Link!.Post(new RemoteMessage(RemoteMessageType.Credit, Id) { Count = answers });
    }
}
