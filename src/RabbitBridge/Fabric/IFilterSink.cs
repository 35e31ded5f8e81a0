namespace RabbitBridge.Fabric;

/// <summary>Takes what a gateway makes of a filter request: another gateway, a caller inside this one, or a plain AMQP client.</summary>
internal interface IFilterSink
{
    /// <summary>Whether it ends the request itself when its time is over, and need not be told which sessions have not answered.</summary>
    bool KeepsTime => true;

    /// <summary>The sessions to which the request was sent. Called once, or again if it is asked for again.</summary>
    void Count(FilterCount count);

    /// <summary>The answer of one session.</summary>
    void Reply(in ResponseEnvelope response);

    /// <summary>No more may be sent: to be told how many answers have been taken up, unless that comes by itself.</summary>
    /// <param name="id">The number of the request.</param>
    /// <param name="known">How many are known of.</param>
    void AskCredit(long id, int known)
    {
    }
}
