namespace RabbitBridge.RabbitMq.Publishing;

/// <summary>What the broker said of a message.</summary>
internal enum PublishOutcome
{
    /// <summary>basic.ack: at least one queue has it.</summary>
    Confirmed,

    /// <summary>basic.return: no queue is bound for it.</summary>
    Returned,

    /// <summary>basic.nack: a queue is full, or its node is down.</summary>
    Refused,
}
