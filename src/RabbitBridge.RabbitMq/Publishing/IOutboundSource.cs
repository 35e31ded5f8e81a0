namespace RabbitBridge.RabbitMq.Publishing;

/// <summary>Something that has a message to publish.</summary>
internal interface IOutboundSource
{
    /// <summary>Gives the message when its turn has come; <see langword="null"/> if there is nothing any more.</summary>
    Outbound? Next();
}
