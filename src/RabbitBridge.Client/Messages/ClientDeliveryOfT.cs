using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>A request whose value and response have types.</summary>
internal sealed class ClientDelivery<TRequest, TResponse>(ClientReceiver<TRequest, TResponse> receiver, RemoteMessage request, Action<RemoteMessage> answer)
    : ClientDelivery(receiver, request, answer), IResponder<TResponse>
{
    public void Respond(TResponse response)
    {
        EncodedValue value;
        try
        {
            value = Values.Write("response", receiver.ResponseType, response, receiver.MaxMessageBytes);
        }
        catch (MessagingException exception)
        {
            // The handler sees why its response cannot be written; the sender must not wait for another one.
            Refuse(ErrorReason.InvalidData, $"The response cannot be sent: {exception.Message}");
            throw;
        }

        if (TryAnswer())
            Answer(value.ContentType, value.Bytes);
    }

    protected override void Invoke()
    {
        TRequest value;
        try
        {
            value = ValueCodec.Read("request", receiver.RequestType, Request.ContentType ?? ContentTypes.Binary, Request.Payload);
        }
        catch (MessagingException exception)
        {
            Refuse(exception.Reason, exception.Message);
            receiver.ReportError(exception.Reason);
            return;
        }

        receiver.Call(value, this);
    }
}
