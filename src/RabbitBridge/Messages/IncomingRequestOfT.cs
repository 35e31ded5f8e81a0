using System.Diagnostics;

namespace RabbitBridge.Messages;

internal sealed class IncomingRequest<TRequest, TResponse>(RequestReceiver<TRequest, TResponse> receiver, in RequestArrival arrival)
    : IncomingRequest(receiver, arrival), IResponder<TResponse>
{
    public void Respond(TResponse response)
    {
        var type = receiver.ResponseType;
        var scratch = ScratchBuffer.Take();
        try
        {
            if (type.TryGetBytes(response, out var bytes))
            {
                Respond(type.ContentTypeOf(response), bytes, isTransient: false);
                return;
            }

            type.Write(response, scratch);
            Respond(type.ContentTypeOf(response), scratch.WrittenMemory, isTransient: true);
        }
        catch (Exception exception) when (exception is not InvalidOperationException)
        {
            // The handler sees why its response cannot be written; the sender must not wait for another one.
            Refuse(ErrorReason.InvalidData, $"The response cannot be sent: {(exception as MessagingException)?.Message ?? exception.GetType().Name}");
            throw;
        }
        finally
        {
            ScratchBuffer.Return(scratch);
        }
    }

    protected override void Invoke(Activity? span)
    {
        var type = receiver.RequestType;
        if (!type.CanRead(ContentType))
        {
            Refuse(ErrorReason.IncompatibleDatatype, $"The request is of type '{ContentType}', but '{Path}' takes '{type.ContentType}'.");
            receiver.ReportError(ErrorReason.IncompatibleDatatype);
            return;
        }

        TRequest request;
        try
        {
            request = type.Read(ContentType, Payload);
        }
        catch (InvalidMessageDataException exception)
        {
            Refuse(ErrorReason.InvalidData, exception.Message);
            receiver.ReportError(ErrorReason.InvalidData);
            return;
        }

        receiver.Call(request, this);
    }

    private void Respond(string contentType, ReadOnlyMemory<byte> bytes, bool isTransient)
    {
        var limit = receiver.Session.MaxMessageBytes;
        if (bytes.Length > limit)
            throw new InvalidMessageDataException($"A response of {bytes.Length} bytes is larger than the {limit} bytes that may be sent (MaxMessageBytes).");

        MediaType.Check(contentType);
        if (TryAnswer())
            Send(new() { Id = Id, ContentType = contentType, Payload = bytes, IsTransient = isTransient });
    }
}
