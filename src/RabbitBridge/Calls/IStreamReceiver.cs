namespace RabbitBridge.Calls;

/// <summary>A request stream with whatever types.</summary>
internal interface IStreamReceiver
{
    IRequestStream Stream { get; }

    RequestReceiver Receiver { get; }
}
