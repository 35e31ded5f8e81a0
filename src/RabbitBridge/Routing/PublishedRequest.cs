using RabbitBridge.Fabric;

namespace RabbitBridge.Routing;

/// <summary>Stands for whoever takes a request that was published by its path: it is not known, and cannot be told to stop.</summary>
internal sealed class PublishedRequest : ICallCarrier
{
    public static readonly PublishedRequest Instance = new();

    public void Cancel(long id)
    {
        // The message expires at the broker when the request's time is over.
    }
}
