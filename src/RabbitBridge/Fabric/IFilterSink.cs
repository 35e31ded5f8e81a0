namespace RabbitBridge.Fabric;

/// <summary>Takes what a gateway makes of a filter request: another gateway, or a caller inside this one.</summary>
internal interface IFilterSink
{
    /// <summary>The sessions to which the request was sent. Called once, or again if it is asked for again.</summary>
    void Count(FilterCount count);

    /// <summary>The answer of one session.</summary>
    void Reply(in ResponseEnvelope response);
}
