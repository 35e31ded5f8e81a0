using System.Buffers;

namespace RabbitBridge;

/// <summary>What the application has registered for requests, with the types of its values.</summary>
internal abstract class Target<TRequest, TResponse>(DataType<TRequest> requestType, DataType<TResponse> responseType)
{
    /// <summary>Reads a request and calls the application.</summary>
    /// <param name="delivery">The request.</param>
    /// <param name="responder">The same, as what takes the answer.</param>
    public void Invoke(RequestDelivery delivery, IResponder<TResponse> responder)
    {
        TRequest request;
        try
        {
            request = ValueCodec.Read("request", requestType, delivery.ContentType, delivery.Payload);
        }
        catch (MessagingException exception)
        {
            delivery.Refuse(exception.Reason, exception.Message);
            delivery.Receiver.CallBack(() => OnError(exception.Reason));
            return;
        }

        Call(request, delivery, responder);
    }

    /// <summary>Answers a request.</summary>
    /// <param name="delivery">The request.</param>
    /// <param name="response">The answer.</param>
    /// <param name="buffer">Where it is written.</param>
    /// <exception cref="MessagingException">It cannot be written, or is too large; the sender is told, and need not wait for another one.</exception>
    public void Respond(RequestDelivery delivery, TResponse response, ArrayBufferWriter<byte> buffer)
    {
        EncodedValue value;
        try
        {
            value = ValueCodec.Write("response", responseType, response, buffer);
            if (value.Bytes.Length > delivery.MaxAnswerBytes)
                throw new InvalidMessageDataException($"A response of {value.Bytes.Length} bytes is larger than the {delivery.MaxAnswerBytes} bytes that may be sent (MaxMessageBytes).");
        }
        catch (MessagingException exception)
        {
            delivery.Refuse(ErrorReason.InvalidData, $"The response cannot be sent: {exception.Message}");
            throw;
        }

        if (delivery.TryAnswer())
            delivery.Send(value);
    }

    /// <summary>A request could not be read, or what was registered could not be registered again.</summary>
    public abstract void OnError(ErrorReason reason);

    /// <summary>No request follows.</summary>
    public abstract void OnClose();

    protected abstract void Call(TRequest request, RequestDelivery delivery, IResponder<TResponse> responder);
}
