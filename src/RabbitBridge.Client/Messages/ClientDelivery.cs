using System.Collections.ObjectModel;
using RabbitBridge.Client.Diagnostics;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>A request that this client has to answer: once, or never if nobody waits any more.</summary>
/// <param name="receiver">Who answers.</param>
/// <param name="request">The request.</param>
/// <param name="from">The link that has brought it. After a failover nobody there waits for it, and its number may be that of another request.</param>
/// <param name="ended">Hears that it has ended.</param>
internal abstract class ClientDelivery(ClientReceiver receiver, RemoteMessage request, RemoteLink from, Action<ClientDelivery> ended) : RequestDelivery(receiver.Work.Wheel)
{
    private int _hasLeft;

    /// <summary>The number that the gateway has given it.</summary>
    public long Id => request.Id;

    public RemoteLink From => from;

    public override SessionId SessionId => request.Session.GetValueOrDefault();

    public override string Path => request.Path;

    public override IReadOnlyDictionary<string, string> SessionProperties => request.Properties ?? ReadOnlyDictionary<string, string>.Empty;

    public override ClientReceiver Receiver => receiver;

    public override string ContentType => request.ContentType ?? ContentTypes.Binary;

    public override ReadOnlyMemory<byte> Payload => request.Payload;

    public override int MaxAnswerBytes => receiver.Work.MaxMessageBytes;

    protected override long Now => receiver.Work.Clock.Now;

    /// <summary>Hands the request to the thread pool.</summary>
    public void Start()
    {
        receiver.Work.RequestStarted();
        Deadline = receiver.Work.Clock.DeadlineIn(request.Milliseconds ?? 0);
        EndInTime();
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public override void Abandon() => TryAbandon();

    // The gateway is told: should its word that nobody waits have been lost, it would keep the request for as long as the session lasts.
    public override void OnExpired()
    {
        if (TryAbandon(ErrorReason.RequestTimeOut))
            SendError(ErrorReason.RequestTimeOut, "The request's time is over.");
    }

    public override void Send(in EncodedValue answer) =>
        Post(new RemoteMessage(RemoteMessageType.Response, Id) { ContentType = answer.ContentType, Payload = answer.Bytes });

    // As the gateway would: a frame that is larger than it takes would come again and again.
    protected override void SendError(ErrorReason reason, string message) => Post(RemoteMessage.Failed(Id, reason, ErrorText.Shortened(message)));

    protected override void OnAbandoned() => Left();

    protected override MessagingOperation? StartProcess() =>
        ClientTelemetry.Messaging.StartProcess(receiver.Work.Server, request.Path, request.Branch, request.TraceParent);

    protected override void OnEnded() => ended(this);

    private void Post(RemoteMessage answer)
    {
        from.Post(answer);
        Left();
    }

    // Not before the answer is on its way: whoever waits until nothing is in hand closes the session then.
    private void Left()
    {
        if (Interlocked.Exchange(ref _hasLeft, 1) == 0)
            receiver.Work.RequestEnded();
    }
}
