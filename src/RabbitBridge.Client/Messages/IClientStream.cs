namespace RabbitBridge.Client.Messages;

/// <summary>A request stream, whatever its types.</summary>
internal interface IClientStream
{
    IRequestStream Stream { get; }

    ClientReceiver Receiver { get; }
}
