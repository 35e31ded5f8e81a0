using RabbitBridge.Fabric;
using RabbitBridge.Sessions;

namespace RabbitBridge.Filters;

/// <summary>A filter request whose answers are read as a type.</summary>
internal sealed class FilterCall<TResponse> : FilterCall
{
    public FilterCall(FilterCalls table, Session session, long deadline, DataType<TResponse> responseType)
        : base(table, session, deadline) => Answers = new FilteredAnswers<TResponse>(responseType, Taken, Abandon);

    public FilteredAnswers<TResponse> Answers { get; }

    protected override void Deliver(SessionId session, in ResponseEnvelope response)
    {
        if (response.Error is { } error)
            Answers.Deliver(session, error, response.ErrorMessage ?? error.ToString());
        else
            Answers.Deliver(session, response.ContentType, response.Persist().Payload);
    }

    protected override void Counted(int count, MessagingException? error) => Answers.Counted(count, error);

    protected override void Ended(MessagingException? error) => Answers.End(error);

    protected override void Abandoned() => Answers.Abandon();
}
