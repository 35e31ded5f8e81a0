namespace RabbitBridge.Fabric;

/// <summary>Takes the answer to a request: another gateway, a caller inside this one, or a plain AMQP client.</summary>
internal interface IReplySink
{
    void Reply(in ResponseEnvelope response);

    /// <summary>Nobody waits for the answer any more, and none will come.</summary>
    void Abandoned(long id);
}
