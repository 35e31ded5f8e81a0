using System.Diagnostics;
using RabbitBridge.Calls;

namespace RabbitBridge.Messages;

/// <summary>A request whose value and response have types.</summary>
internal sealed class IncomingRequest<TRequest, TResponse>(RequestReceiver<TRequest, TResponse> receiver, in RequestArrival arrival)
    : IncomingRequest(receiver, arrival), IResponder<TResponse>
{
    public void Respond(TResponse response)
    {
        var scratch = ScratchBuffer.Take();
        try
        {
            receiver.Target.Respond(this, response, scratch);
        }
        finally
        {
            ScratchBuffer.Return(scratch);
        }
    }

    protected override void Invoke(Activity? span) => receiver.Target.Invoke(this, this);
}
