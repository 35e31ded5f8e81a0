using System.Text.Json;
using RabbitBridge.Cli.Remote;

namespace RabbitBridge.Cli.UnitTests.Remote;

public sealed class ReceiptsTests
{
    [Fact]
    public void For_scripts_receipts_are_one_array_of_what_their_text_tells()
    {
        using var output = new StringWriter();
        var selection = new MessageSelection { Scope = MessageScope.ClientsAndGateway, User = "u" };
        var gateway = new MessageReceipt { Type = MessageSystem.Gateway, Project = "X", MessageHandler = "h", Selection = selection, Status = SendStatus.NoHandler };
        var client = gateway with { Type = MessageSystem.Client, SessionId = default(SessionId), ClientHostName = "desk", Status = SendStatus.Sent, Server = "b" };

        new JsonView(output).Receipts([gateway, client]);

        using var array = JsonDocument.Parse(output.ToString());
        const string Selection = """{"hostName":"","clientId":"","scope":"CG","user":"u","hasRole":""}""";
        Assert.Equal(
            [
                $$"""{"type":"Gateway","project":"X","messageHandler":"h","filterParams":{{Selection}},"sendStatus":"NO_HANDLER"}""",
                $$"""{"type":"Client","sessionId":"{{default(SessionId)}}","clientAddress":"","clientHostName":"desk","project":"X","messageHandler":"h","filterParams":{{Selection}},"sendStatus":"SENT","server":"b"}""",
            ],
            array.RootElement.EnumerateArray().Select(element => element.GetRawText()));
        Assert.Single(output.ToString().TrimEnd().Split('\n'));
    }

    [Fact]
    public void Where_nobody_was_selected_the_array_is_empty()
    {
        using var output = new StringWriter();

        new JsonView(output).Receipts([]);

        Assert.Equal("[]", output.ToString().TrimEnd());
    }
}
