namespace RabbitBridge.RabbitMq.Publishing;

/// <summary>A message of which the broker says what became of it.</summary>
internal abstract class ConfirmedOutbound : Outbound
{
    /// <summary>Set when the broker has returned the message; its confirm follows.</summary>
    public bool IsReturned { get; set; }

    /// <summary>When it was published, in milliseconds of the gateway's clock.</summary>
    public long PublishedAt { get; set; }

    /// <summary>Called once, on the connection's reading thread, unless the message is lost.</summary>
    public abstract void OnOutcome(PublishOutcome outcome);

    public override void OnUnsendable(string problem) => OnOutcome(PublishOutcome.Refused);
}
