namespace RabbitBridge;

/// <summary>The kind of queue on which handlers' requests wait.</summary>
public enum HandlerQueueType
{
    /// <summary>Classic and deleted with its last consumer: fast, and gone with the broker node that holds it.</summary>
    Classic,

    /// <summary>Quorum, for clusters: survives the loss of a node, costs more for each request, and stays for a while after its last consumer.</summary>
    Quorum,
}
