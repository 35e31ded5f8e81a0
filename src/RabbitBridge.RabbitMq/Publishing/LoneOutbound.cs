namespace RabbitBridge.RabbitMq.Publishing;

/// <summary>A message that is published without a confirm: the broker returns it if it finds no queue, and is silent otherwise.</summary>
internal abstract class LoneOutbound : Outbound
{
    /// <summary>Called once, when the client has a copy of the message.</summary>
    public virtual void OnWritten()
    {
    }

    public override void OnUnsendable(string problem) => OnLost();
}
