namespace RabbitBridge.IntegrationTests;

/// <summary>What becomes of connections.</summary>
public enum FaultKind
{
    /// <summary>They are cut.</summary>
    Cut,

    /// <summary>Nothing more passes in them, and nobody is told.</summary>
    Swallow,

    /// <summary>Nothing passes for a while (<see cref="AmqpProxy.Delay"/>), and then all of it.</summary>
    Delay,
}
