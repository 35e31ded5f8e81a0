namespace RabbitBridge.EndToEndTests.Cli;

/// <summary>One gateway without a broker for the tests of a class: each of them would else wait for one of its own to start.</summary>
public sealed class SoloGateway : IAsyncLifetime
{
    private readonly Programs _programs = Programs.Create();

    public string Address { get; private set; } = "";

    // A client that is killed is gone at once.
    public async Task InitializeAsync() =>
        Address = await _programs.StartGatewayAsync("--Fabric", "InMemory", "--Gateway:Name", "solo", "--Remote:GracePeriod", "00:00:00");

    public async Task DisposeAsync() => await _programs.DisposeAsync();

    /// <summary>Waits until the sessions of a test, whose processes have ended, are gone.</summary>
    public async Task LeftAsync()
    {
        await using var client = await RabbitBridgeClient.ConnectAsync(Address);
        await Until.TrueAsync(
            async () =>
            {
                var sessions = 0;
                await foreach (var _ in client.Messages.SendRequestToFilterAsync<string, string>("all", "nowhere", ""))
                    sessions++;
                return sessions == 1;
            },
            "only this session is left");
    }
}
