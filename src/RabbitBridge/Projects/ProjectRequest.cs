using System.Diagnostics;
using System.Text.Json;
using RabbitBridge.Messages;

namespace RabbitBridge.Projects;

/// <summary>A project message from another gateway, and its answer.</summary>
internal sealed class ProjectRequest(ProjectReceiver receiver, in RequestArrival arrival) : IncomingRequest(receiver, arrival)
{
    // At once and on this thread: messages stay in the order in which they came, and handlers have queues of their own.
    protected override void Schedule(bool preferLocal) => Execute();

    protected override void Invoke(Activity? span)
    {
        try
        {
            var what = GatewayMessage.Read(Payload, out var payload);
            var message = new ProjectMessage(what.Project, what.Handler, payload) { Sender = SessionId, Principal = what.Principal, Roles = what.Roles };
            if (what.IsRequest)
                receiver.Distributor.Ask(message, OnAnswer, CancellationToken);
            else
                Answer(JsonSerializer.SerializeToUtf8Bytes(receiver.Distributor.Distribute(what, message), ProjectJson.Default.ListSystemReceipt));
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
            Answer(ProjectPayload.WriteAnswer(value));
        }
        catch (InvalidMessageDataException exception)
        {
            Refuse(exception.Reason, exception.Message);
        }
    }

    private void Answer(ReadOnlyMemory<byte> json)
    {
        var limit = receiver.Session.MaxMessageBytes;
        if (json.Length > limit)
            Refuse(ErrorReason.InvalidData, $"The answer of {json.Length} bytes is larger than the {limit} bytes that may be sent (MaxMessageBytes).");
        else if (TryAnswerOnce())
            Send(new() { Id = Id, ContentType = ContentTypes.Json, Payload = json });
    }
}
