namespace RabbitBridge.IntegrationTests;

/// <summary>
/// The tests on a real broker beside which no other one runs, since they would disturb it or be disturbed: they operate the broker, or
/// look at the memory of the whole process, or hold gateways to their times.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneGroup : ICollectionFixture<BrokerFixture>
{
    public const string Name = "alone";
}
