namespace RabbitBridge.IntegrationTests;

/// <summary>What becomes of a network at one frame of AMQP.</summary>
internal sealed record NetworkFault(FaultKind Kind, FaultScope Scope)
{
    /// <summary>Each kind in each of the scopes.</summary>
    public static NetworkFault[] In(params IEnumerable<FaultScope> scopes) =>
        [.. scopes.SelectMany(scope => Enum.GetValues<FaultKind>().Select(kind => new NetworkFault(kind, scope)))];

    public override string ToString() => $"{Kind} {Scope}";
}
