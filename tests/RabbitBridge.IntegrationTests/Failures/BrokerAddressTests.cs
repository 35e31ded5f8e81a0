using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Failures;

/// <summary>Where the broker is, and who the gateway is there: settings that real sites need.</summary>
[Collection(AloneGroup.Name)]
public sealed class BrokerAddressTests(BrokerFixture broker) : BrokerTest(broker)
{
    private string User => $"{Rabbit.Options.Prefix}-user";

    [Fact]
    public async Task The_next_node_is_tried_when_one_cannot_be_reached()
    {
        using var nobody = new RefusingPort();
        var real = Rabbit.Options.Uri;
        var options = new RabbitMqOptions { Uri = new UriBuilder(real) { Host = "127.0.0.1", Port = nobody.Number }.Uri, Prefix = Rabbit.Options.Prefix };
        options.Hosts.Add($"{real.Host}:{real.Port}");
        await using var gateway = RabbitMqGateway.Create(new GatewayOptions { Name = "a" }, options, logger: Log);

        await gateway.StartAsync();
        Assert.Contains(Log.Lines, line => line.Event == "ConnectFailed" && line.Text.Contains($"127.0.0.1:{nobody.Number}", StringComparison.Ordinal));

        // It stays with the one that has worked.
        var failures = Log.Lines.Count(line => line.Event == "ConnectFailed");
        await World.ReconnectAsync(gateway);
        await gateway.OpenSession().AnswerAsync("a", "answer");
        Assert.Equal("answer", await gateway.OpenSession().AskAsync("a"));
        Assert.Equal(failures, Log.Lines.Count(line => line.Event == "ConnectFailed"));
    }

    [OwnBrokerFact]
    public async Task User_and_password_come_from_files_and_the_password_may_change()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var (userFile, passwordFile) = (Path.Combine(folder.FullName, "user"), Path.Combine(folder.FullName, "password"));
            await File.WriteAllTextAsync(userFile, $"{User}\n");
            await File.WriteAllTextAsync(passwordFile, "first p@ss\n");
            await Broker.Broker.RunControlCommandAsync("add_user", User, "first p@ss");
            await Broker.Broker.RunControlCommandAsync("set_permissions", User, ".*", ".*", ".*");
            var options = new RabbitMqOptions
            {
                Uri = new UriBuilder(Rabbit.Options.Uri) { UserName = "", Password = "" }.Uri,
                Prefix = Rabbit.Options.Prefix,
                UserNameFile = userFile,
                PasswordFile = passwordFile,
            };
            await using var gateway = RabbitMqGateway.Create(new GatewayOptions { Name = "a" }, options, logger: Log);
            await gateway.StartAsync();

            await Broker.Broker.RunControlCommandAsync("change_password", User, "second");
            await World.ReconnectAsync(gateway, whileDown: () => File.WriteAllText(passwordFile, "second"));

            await gateway.OpenSession().AnswerAsync("a", "answer");
            Assert.Equal("answer", await gateway.OpenSession().AskAsync("a"));
            Assert.DoesNotContain(Log.Lines, line => line.Text.Contains("p@ss", StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [OwnBrokerFact]
    public async Task The_broker_sees_which_gateway_has_a_connection_and_what_for()
    {
        await StartGatewayAsync("north");

        var connections = await Broker.Broker.RunControlCommandAsync("list_connections", "client_properties", "--quiet");

        foreach (var role in new[] { "control", "consume", "publish" })
            Assert.Contains($"{Rabbit.Options.Prefix}/north/{role}", connections, StringComparison.Ordinal);
    }
}
