using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Security;

/// <summary>Security settings that change while the gateway runs.</summary>
public sealed class SecurityReloadTests : IAsyncLifetime
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"rabbitbridge-{Guid.NewGuid():N}.json");
    private RemoteGateway _gateway = null!;
    private IRemoteSession _session = null!;

    public async Task InitializeAsync()
    {
        Write("""[ "REGISTER_HANDLER" ]""", """[ "SEND_TO_MESSAGE_HANDLER" ]""");
        _gateway = Create(_file);
        await _gateway.StartAsync();
        _session = await RabbitBridgeClient.ConnectAsync(_gateway.Address.ToString());
        await _session.AnswerAsync("a", "answered");
    }

    public async Task DisposeAsync()
    {
        await _session.DisposeAsync();
        await _gateway.DisposeAsync();
        File.Delete(_file);
    }

    [Fact]
    public async Task A_permission_that_is_taken_away_is_gone_for_sessions_that_are_open_and_comes_back()
    {
        Assert.Equal("answered", await _session.AskAsync("a"));

        await ReloadAsync("""[ "REGISTER_HANDLER" ]""", "[]");
        await Assert.ThrowsAsync<AccessDeniedException>(() => _session.AskAsync("a"));

        await ReloadAsync("[]", """[ "SEND_TO_MESSAGE_HANDLER" ]""");
        Assert.Equal("answered", await _session.AskAsync("a"));
        await Assert.ThrowsAsync<AccessDeniedException>(() => _session.AnswerAsync("b", "answered"));
    }

    [Fact]
    public async Task A_change_with_a_mistake_changes_nothing()
    {
        await ReloadAsync("""[ "REGISTER_HANDLER", "FLY" ]""", "[]", "SecurityNotReloaded");

        Assert.Equal("answered", await _session.AskAsync("a"));
    }

    private async Task ReloadAsync(string permissions, string byPath, string expected = "SecurityReloaded")
    {
        _gateway.Log.Clear();
        Write(permissions, byPath);
        await Eventually.TrueAsync(() => _gateway.Log.Lines.Any(line => line.Event == expected), $"{expected} is logged", seconds: 30);
    }

    private static RemoteGateway Create(string file) => new(new GatewayOptions { Name = "a" }, new InMemoryBroker()) { SettingsFile = file };

    // At once, so that nobody reads half of it.
    private void Write(string permissions, string byPath)
    {
        var next = $"{_file}.next";
        File.WriteAllText(next, $$"""
            {
              "Security": {
                "Roles": { "CLIENT": { "Permissions": {{permissions}}, "DefaultPathPermissions": {{byPath}} } },
                "AnonymousSessions": { "Allowed": true, "Roles": [ "CLIENT" ] }
              }
            }
            """);
        File.Move(next, _file, overwrite: true);
    }
}
