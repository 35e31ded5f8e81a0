namespace RabbitBridge.Fabric;

/// <summary>Takes what a gateway makes of a filter request: another gateway, a caller inside this one, or a plain AMQP client.</summary>
internal interface IFilterSink
{
    /// <summary>How many answers may be on their way to it, or wait to be taken up, before it has told that it has taken some. Gateways count by the wire contract's.</summary>
    int Window => 1024;

    /// <summary>Whether it does not look at the clock itself: it is told which sessions have not answered within the request's time.</summary>
    bool WaitsForTimeOut => false;

    /// <summary>The sessions to which the request was sent. Called once, or again if it is asked for again.</summary>
    void Count(FilterCount count);

    /// <summary>The answer of one session.</summary>
    void Reply(in ResponseEnvelope response);
}
