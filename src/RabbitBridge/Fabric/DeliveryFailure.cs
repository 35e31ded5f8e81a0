namespace RabbitBridge.Fabric;

/// <summary>Why the fabric could not deliver a request. In each case nobody executed it.</summary>
internal enum DeliveryFailure
{
    /// <summary>Nobody is there to take it (AMQP: basic.return).</summary>
    Unroutable,

    /// <summary>Somebody is there but cannot take it now: a full queue, or one whose node is down (AMQP: basic.nack).</summary>
    Refused,
}
