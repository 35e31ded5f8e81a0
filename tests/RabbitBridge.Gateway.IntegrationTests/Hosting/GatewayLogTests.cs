using RabbitBridge.Remote;

namespace RabbitBridge.Gateway.IntegrationTests.Hosting;

/// <summary>What a gateway process tells in its log.</summary>
public sealed class GatewayLogTests
{
    private const string Closed = """{ "Security": { "AnonymousSessions": { "Allowed": false }, "Roles": { "CLERK": { "Permissions": ["VIEW_SESSION"] } }, "AmqpUsers": { "gw": ["GATEWAY"] } } }""";

    [Fact]
    public async Task Who_is_let_in_is_told_at_the_start_F3()
    {
        using var folder = new SettingsFolder(Closed);
        await using var gateway = await StartAsync(folder, "http://0.0.0.0:0");

        await Eventually.TrueAsync(() => gateway.Output.Contains("Anonymous clients are ", StringComparison.Ordinal), "it tells who is let in");

        Assert.Contains("Anonymous clients are refused; 0 principals have passwords, and 0 keys sign tokens. Roles: CLERK. AMQP users: gw.", gateway.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("NOT PROTECTED", gateway.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", true)]
    [InlineData("http://127.0.0.1:0", false)]
    public async Task Only_a_gateway_that_others_reach_warns_that_it_permits_everything_F3(string urls, bool warns)
    {
        using var folder = new SettingsFolder("{}");
        await using var gateway = await StartAsync(folder, urls);

        // The line that the host writes last.
        await Eventually.TrueAsync(() => gateway.Output.Contains("Content root path", StringComparison.Ordinal), "it has started");

        Assert.Contains("Anonymous clients are let in (roles: none); 0 principals have passwords, and 0 keys sign tokens. Roles: none, so everything is permitted. AMQP users: any.", gateway.Output, StringComparison.Ordinal);
        Assert.Equal(warns, gateway.Output.Contains("NOT PROTECTED", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_is_broken_while_the_gateway_runs_is_told_once_and_nobody_is_let_in_by_it_F10()
    {
        using var folder = new SettingsFolder(Closed);
        await using var gateway = await StartAsync(folder, "http://127.0.0.1:0");

        folder.Write("{ \"Security\": {");

        await Eventually.TrueAsync(() => gateway.Output.Contains("appsettings.json cannot be read; the settings before stay in force: ", StringComparison.Ordinal), "it tells of the broken file");
        await using (var client = await RawClient.ConnectAsync(gateway.Address))
            Assert.Equal((int)ErrorReason.AccessDenied, (await client.OpenAsync(new OpenRequest())).Error?.Reason);
        // After the next change the file counts again: nothing else has been logged of the broken one.
        folder.Write(Closed.Replace("CLERK", "CHIEF", StringComparison.Ordinal));
        await Eventually.TrueAsync(() => gateway.Output.Contains("The security settings have changed", StringComparison.Ordinal), "the mended file holds");
        Assert.Equal(2, gateway.Output.Split("cannot be read;").Length);
        Assert.Equal(2, gateway.Output.Split("The security settings have changed").Length);
    }

    [Fact]
    public async Task Another_file_that_changes_does_not_let_in_anybody_by_the_broken_one_F10()
    {
        const string Production = "appsettings.Production.json";
        using var folder = new SettingsFolder(Closed);
        folder.Write("{}", Production);
        await using var gateway = await StartAsync(folder, "http://127.0.0.1:0");
        folder.Write("{ \"Security\": {");
        await Eventually.TrueAsync(() => gateway.Output.Contains("appsettings.json cannot be read", StringComparison.Ordinal), "it tells of the broken file");

        folder.Write("""{ "Security": { "Roles": { "CHIEF": { "Permissions": ["VIEW_SESSION"] } } } }""", Production);

        await Eventually.TrueAsync(() => gateway.Output.Contains("The security settings have changed", StringComparison.Ordinal), "the other file holds");
        await using var client = await RawClient.ConnectAsync(gateway.Address);
        Assert.Equal((int)ErrorReason.AccessDenied, (await client.OpenAsync(new OpenRequest())).Error?.Reason);
    }

    private static Task<GatewayProgram> StartAsync(SettingsFolder folder, string urls) => GatewayProgram.StartAsync(new Dictionary<string, string>
    {
        ["Fabric"] = "InMemory",
        ["ASPNETCORE_URLS"] = urls,
        ["ASPNETCORE_CONTENTROOT"] = folder.Path,
    });
}
