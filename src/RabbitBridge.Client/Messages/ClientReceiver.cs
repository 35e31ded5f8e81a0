using Microsoft.Extensions.Logging;
using RabbitBridge.Client.Diagnostics;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>What answers requests at this client: a handler or a request stream.</summary>
internal abstract class ClientReceiver(ILogger logger)
{
    private int _closed;

    public ILogger Logger => logger;

    /// <summary>Makes the delivery that the application answers.</summary>
    public abstract ClientDelivery Accept(RemoteMessage request, Action<RemoteMessage> answer);

    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
            CallBack(OnClose);
    }

    public void ReportError(ErrorReason reason) => CallBack(() => OnError(reason));

    protected abstract void OnClose();

    protected abstract void OnError(ErrorReason reason);

    private void CallBack(Action callback)
    {
        try
        {
            callback();
        }
#pragma warning disable CA1031 // Whatever a callback throws is logged and goes no further.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.CallbackFailed(logger, exception);
        }
    }
}
