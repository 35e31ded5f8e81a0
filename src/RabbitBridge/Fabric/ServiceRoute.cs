namespace RabbitBridge.Fabric;

/// <summary>Where the requests of an existing service go, and how it speaks.</summary>
internal sealed record ServiceRoute
{
    /// <summary>The exchange; the default one, named by an empty string, for a queue.</summary>
    public required string Exchange { get; init; }

    /// <summary>The routing key; at the default exchange the queue's name.</summary>
    public required string RoutingKey { get; init; }

    public string? ContentType { get; init; }

    /// <summary>How long it may take, in milliseconds; 0 for as long as the caller waits.</summary>
    public int TimeLimit { get; init; }

    public string? ErrorHeader { get; init; }

    public string? ErrorProperty { get; init; }

    /// <summary>Whether requests wait while nobody consumes its queue.</summary>
    public bool WaitsForConsumers { get; init; }

    public bool IsQueue => Exchange.Length == 0;

    public override string ToString() => IsQueue ? $"the queue '{RoutingKey}'" : $"the exchange '{Exchange}' with the routing key '{RoutingKey}'";
}
