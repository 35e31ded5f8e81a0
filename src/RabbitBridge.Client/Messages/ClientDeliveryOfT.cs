using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>A request whose value and response have types.</summary>
internal sealed class ClientDelivery<TRequest, TResponse>(ClientReceiver<TRequest, TResponse> receiver, RemoteMessage request, Action<RemoteMessage> answer)
    : ClientDelivery(receiver, request, answer), IResponder<TResponse>
{
    public void Respond(TResponse response)
    {
        ReadOnlyMemory<byte> payload;
        try
        {
            payload = Values.Write(receiver.ResponseType, response);
            if (payload.Length > receiver.MaxMessageBytes)
                throw new InvalidMessageDataException($"A response of {payload.Length} bytes is larger than the {receiver.MaxMessageBytes} bytes that may be sent.");
        }
        catch (Exception exception)
        {
            // The handler sees why its response cannot be written; the sender must not wait for another one.
            Refuse(ErrorReason.InvalidData, $"The response cannot be sent: {(exception as MessagingException)?.Message ?? exception.GetType().Name}");
            throw;
        }

        if (TryAnswer())
            Answer(receiver.ResponseType.ContentTypeOf(response), payload);
    }

    protected override void Invoke()
    {
        var type = receiver.RequestType;
        var contentType = Request.ContentType ?? ContentTypes.Binary;
        if (!type.CanRead(contentType))
        {
            Refuse(ErrorReason.IncompatibleDatatype, $"The request is of type '{contentType}', but '{Path}' takes '{type.ContentType}'.");
            receiver.ReportError(ErrorReason.IncompatibleDatatype);
            return;
        }

        TRequest value;
        try
        {
            value = type.Read(contentType, Request.Payload);
        }
        catch (InvalidMessageDataException exception)
        {
            Refuse(ErrorReason.InvalidData, exception.Message);
            receiver.ReportError(ErrorReason.InvalidData);
            return;
        }

        receiver.Call(value, this);
    }
}
