using System.Diagnostics;
using System.Text.Json;
using RabbitBridge.Calls;
using RabbitBridge.Fabric;

namespace RabbitBridge.Projects;

/// <summary>A project message from another gateway, or a plain AMQP client, and its answer.</summary>
internal sealed class ProjectRequest(ProjectReceiver receiver, in RequestArrival arrival, bool isPlain) : IncomingRequest(receiver, arrival)
{
    // At once and on this thread: messages stay in the order in which they came, and handlers have queues of their own.
    protected override void Schedule(bool preferLocal) => Execute();

    // The handler has a span of its own.
    protected override MessagingOperation? StartProcess() => null;

    protected override void Invoke(Activity? span)
    {
        try
        {
            var what = GatewayMessage.Read(Payload, out var payload);
            var message = new ProjectMessage(what.Project, what.Handler, payload) { Sender = SessionId, Principal = what.Principal, Roles = what.Roles, TraceParent = what.TraceParent };
            if (what.IsRequest)
                receiver.Distributor.Ask(message, OnAnswer, CancellationToken);
            else
                Answer(receiver.Distributor.Distribute(what, message));
        }
        catch (MessagingException exception)
        {
            Refuse(exception.Reason, exception.Message);
        }
    }

    private void OnAnswer(object? value, MessagingException? failure)
    {
        if (failure is not null)
        {
            Refuse(failure.Reason, failure.Message);
            return;
        }

        try
        {
            Answer(ProjectPayload.WriteAnswer(value), ContentTypes.Json);
        }
        catch (InvalidMessageDataException exception)
        {
            Refuse(exception.Reason, exception.Message);
        }
    }

    private void Answer(IReadOnlyList<SystemReceipt> receipts)
    {
        if (isPlain)
            Answer(JsonSerializer.SerializeToUtf8Bytes(receipts, ProjectJson.Default.IReadOnlyListSystemReceipt), ContentTypes.Json);
        else
            Answer(SystemReceipt.Write(receipts), ContentTypes.Binary);
    }

    private void Answer(ReadOnlyMemory<byte> answer, string contentType)
    {
        var limit = receiver.Work.MaxMessageBytes;
        if (answer.Length > limit)
            Refuse(ErrorReason.InvalidData, $"The answer of {answer.Length} bytes is larger than the {limit} bytes that may be sent (MaxMessageBytes).");
        else if (TryAnswerOnce())
            Send(new() { Id = Id, ContentType = contentType, Payload = answer });
    }
}
