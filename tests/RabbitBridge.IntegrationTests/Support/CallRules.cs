namespace RabbitBridge.IntegrationTests;

/// <summary>What may become of a call while the network breaks.</summary>
[Flags]
internal enum CallRules
{
    /// <summary>It is executed once at most, and not after its time.</summary>
    None = 0,

    /// <summary>It may be executed again: its handler bears that.</summary>
    Repeats = 1,

    /// <summary>
    /// Its message does not tell when it was sent, so that the handler's gateway gives it all of its time anew when it comes; what lies in the broker's
    /// queue too long expires there, but not what the network delays.
    /// </summary>
    IgnoresTransit = 2,
}
