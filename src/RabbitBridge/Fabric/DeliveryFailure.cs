namespace RabbitBridge.Fabric;

/// <summary>Why the fabric could not deliver a request. Nobody has executed it, except perhaps where a case says so.</summary>
internal enum DeliveryFailure
{
    /// <summary>Nobody is there to take it (AMQP: basic.return).</summary>
    Unroutable,

    /// <summary>Somebody is there but cannot take it now: a full queue, or one whose node is down (AMQP: basic.nack).</summary>
    Refused,

    /// <summary>The epoch ended while the request was with the fabric. Unlike in the other cases, somebody may have executed it.</summary>
    ConnectionLost,
}
