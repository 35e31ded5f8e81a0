using RabbitBridge.Fabric;
using RabbitBridge.Filters;
using RabbitBridge.Sessions;

namespace RabbitBridge.Remote;

/// <summary>
/// A filter request of a remote session's client, which gets no more answers than it has room for. The others wait here, and the gateways
/// that send them with them.
/// </summary>
internal sealed class RemoteFilterCall(
    FilterCalls table, Session session, long deadline, IRemoteClient client, long clientId, ClientShare share, Action<RemoteFilterCall> ended)
    : FilterCall(table, session, deadline)
{
    /// <summary>How many answers a client takes before it has said anything.</summary>
    public const int Window = 256;

    private readonly Lock _order = new();
    private readonly Queue<(SessionId Session, ResponseEnvelope Response, int Charge)> _waiting = new();
    private readonly SentAnswers _sent = new(Window);
    private MessagingException? _error;
    private bool _isAsked;
    private bool _isEnded;

    public long ClientId => clientId;

    /// <summary>What is charged for the request.</summary>
    public int Bytes { get; init; }

    /// <summary>The client has taken up so many.</summary>
    public void Credit(int answers)
    {
        lock (_order)
        {
            _sent.Taken(answers);
            _isAsked = false;
        }

        Pass();
    }

    /// <summary>The client does not wait any more, though all may have answered: what waits for it is dropped.</summary>
    public override void Abandon()
    {
        base.Abandon();
        lock (_order)
        {
            while (_waiting.TryDequeue(out var answer))
                share.GiveBack(answer.Charge);
            _isEnded = false;
        }

        ended(this);
    }

    /// <summary>The session is closed: the client gets what waits, room or not, as far as its queue takes it.</summary>
    public void Close()
    {
        lock (_order)
            PassWaiting(regardless: true);
    }

    protected override void Deliver(SessionId session, in ResponseEnvelope response)
    {
        var bytes = HeldAnswers.SizeOf(response);
        var isTaken = share.TryHold(bytes);
        // What failed is told in any case.
        var answer = isTaken || response.Error is not null
            ? response.Persist()
            : ResponseEnvelope.Failed(response.Id, ErrorReason.Overloaded, "As many answers wait for the client to take up others as may.");
        lock (_order)
            _waiting.Enqueue((session, answer, isTaken ? bytes : 0));
        // Whoever delivers holds the call's lock, which taking up an answer needs too.
        ThreadPool.UnsafeQueueUserWorkItem(static call => call.Pass(), this, preferLocal: false);
    }

    protected override void Counted(int count, MessagingException? error)
    {
        if (error is null)
            client.Count(clientId, count);
    }

    protected override void Ended(MessagingException? error)
    {
        // Not on the pool: what became of the requests of a session that closes is told before its end, after which nothing is. Gateways
        // have no use any more for being told what was taken up.
        lock (_order)
        {
            (_isEnded, _error) = (true, error);
            PassWaiting(regardless: Session.IsClosed);
        }
    }

    protected override void Abandoned() => ended(this);

    private void Pass()
    {
        List<SessionId> passed;
        lock (_order)
            passed = PassWaiting();
        foreach (var session in passed)
            Taken(session);
    }

    private List<SessionId> PassWaiting(bool regardless = false)
    {
        List<SessionId> passed = [];
        while ((regardless || _sent.HasRoom) && _waiting.TryDequeue(out var answer))
        {
            share.GiveBack(answer.Charge);
            _sent.Sent(HeldAnswers.SizeOf(answer.Response));
            client.ReplyOf(clientId, answer.Session, answer.Response);
            passed.Add(answer.Session);
        }

        if (_waiting.Count > 0 && !_isAsked)
        {
            _isAsked = true;
            client.AskCredit(clientId);
        }

        if (_isEnded && _waiting.Count == 0)
        {
            _isEnded = false;
            ended(this);
            if (_error is not null)
                client.Reply(clientId, ResponseEnvelope.Failed(clientId, _error.Reason, _error.Message));
        }

        return passed;
    }
}
