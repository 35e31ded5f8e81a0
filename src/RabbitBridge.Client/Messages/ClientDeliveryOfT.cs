using System.Buffers;
using System.Diagnostics;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>A request whose value and response have types.</summary>
internal sealed class ClientDelivery<TRequest, TResponse>(ClientReceiver<TRequest, TResponse> receiver, RemoteMessage request, RemoteLink from, Action<ClientDelivery> ended)
    : ClientDelivery(receiver, request, from, ended), IResponder<TResponse>
{
    // The link keeps the bytes until they are sent.
    public void Respond(TResponse response) => receiver.Target.Respond(this, response, new ArrayBufferWriter<byte>());

    protected override void Invoke(Activity? span) => receiver.Target.Invoke(this, this);
}
