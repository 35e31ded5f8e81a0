using System.Buffers;
using System.Diagnostics;
using RabbitBridge.Calls;

namespace RabbitBridge.Messages;

internal sealed class IncomingRequest<TRequest, TResponse>(RequestReceiver<TRequest, TResponse> receiver, in RequestArrival arrival)
    : IncomingRequest(receiver, arrival), IResponder<TResponse>
{
    public void Respond(TResponse response)
    {
        var scratch = ScratchBuffer.Take();
        try
        {
            var value = Write(response, scratch);
            if (TryAnswer())
                Send(new() { Id = Id, ContentType = value.ContentType, Payload = value.Bytes, IsTransient = value.IsTransient });
        }
        finally
        {
            ScratchBuffer.Return(scratch);
        }
    }

    protected override void Invoke(Activity? span)
    {
        TRequest request;
        try
        {
            request = ValueCodec.Read("request", receiver.RequestType, ContentType, Payload);
        }
        catch (MessagingException exception)
        {
            Refuse(exception.Reason, exception.Message);
            receiver.ReportError(exception.Reason);
            return;
        }

        receiver.Call(request, this);
    }

    private EncodedValue Write(TResponse response, ArrayBufferWriter<byte> scratch)
    {
        try
        {
            var value = ValueCodec.Write("response", receiver.ResponseType, response, scratch);
            var limit = receiver.Work.MaxMessageBytes;
            if (value.Bytes.Length > limit)
                throw new InvalidMessageDataException($"A response of {value.Bytes.Length} bytes is larger than the {limit} bytes that may be sent (MaxMessageBytes).");
            return value;
        }
        catch (MessagingException exception)
        {
            // The handler sees why its response cannot be written; the sender must not wait for another one.
            Refuse(ErrorReason.InvalidData, $"The response cannot be sent: {exception.Message}");
            throw;
        }
    }
}
