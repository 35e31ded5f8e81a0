namespace RabbitBridge.EndToEndTests;

/// <summary>The tests on a real broker beside which no other one runs: processes die, and what that causes is held to a time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneGroup : ICollectionFixture<BrokerFixture>
{
    public const string Name = "alone";
}
