namespace RabbitBridge.Fabric;

/// <summary>Where a request has gone, as far as its caller needs to know: it can be told that nobody waits any more.</summary>
internal interface ICallCarrier
{
    void Cancel(long id);
}
