namespace RabbitBridge.ChaosTests.Load;

/// <summary>What sessions ask of the bridge.</summary>
internal enum OperationKind
{
    /// <summary>A request by path, which one session executes.</summary>
    Path,

    /// <summary>A request to one session.</summary>
    Session,

    /// <summary>A request to all sessions by a filter.</summary>
    Filter,

    /// <summary>A project message to the sessions of all gateways.</summary>
    Message,
}
