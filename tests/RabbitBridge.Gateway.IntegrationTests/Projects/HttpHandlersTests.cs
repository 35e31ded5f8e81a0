using System.Text.Json;
using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Projects;

/// <summary>Message handlers of the configuration that post to a service.</summary>
#pragma warning disable CA1001 // xunit disposes of it by IAsyncLifetime.
public sealed class HttpHandlersTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private PostedTo _service = null!;
    private RemoteGateway _gateway = null!;
    private ISession _session = null!;

    public async Task InitializeAsync()
    {
        _service = await PostedTo.StartAsync();
        _gateway = new RemoteGateway(new GatewayOptions { Name = "a" }, new InMemoryBroker())
        {
            Settings = new Dictionary<string, string?>
            {
                ["Projects:Tëst:json:Http:Url"] = $"{_service.Address}/json",
                ["Projects:X:json:Http:Url"] = $"{_service.Address}/json",
                ["Projects:X:text:Http:Url"] = $"{_service.Address}/text",
                ["Projects:X:broken:Http:Url"] = $"{_service.Address}/broken",
                ["Projects:X:moved:Http:Url"] = $"{_service.Address}/moved",
                ["Projects:X:failing:Http:Url"] = $"{_service.Address}/failing",
                ["Projects:X:never:Http:Url"] = $"{_service.Address}/never",
                ["Projects:X:never:Http:TimeLimit"] = "00:00:02",
                ["Projects:X:never:Threading"] = "Dedicated",
                ["Projects:X:sales:Http:Url"] = $"{_service.Address}/json",
                ["Projects:X:sales:Roles:0"] = "Sales",
            },
        };
        await _gateway.StartAsync();
        _session = await _gateway.OpenSessionAsync(new SessionOptions { Principal = "Ann Ö" });
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task A_message_is_posted_with_its_payload_and_what_it_is_about()
    {
        var receipts = await _session.Projects.SendMessageAsync("Tëst", "json", new { tea = "Öl" }, scope: "G");

        Assert.Equal(SendStatus.Sent, Assert.Single(receipts).Status);
        await Eventually.TrueAsync(() => _service.Messages.Count == 1, "the message is posted");
        var message = Assert.Single(_service.Messages);
        Assert.Equal(("POST /json", "application/json"), (message.Path, message.ContentType));
        Assert.Equal(("T%C3%ABst", "json", "Ann%20%C3%96"), (message.Project, message.Handler, message.Principal));
        Assert.Equal("Öl", JsonDocument.Parse(message.Body).RootElement.GetProperty("tea").GetString());
    }

    [Fact]
    public async Task The_json_of_the_answer_answers_a_request_and_any_other_body_answers_null()
    {
        Assert.Equal(2, (await _session.Projects.SendRequestAsync<JsonElement>("X", "json")).GetProperty("tea").GetInt32());
        Assert.Equal(JsonValueKind.Null, (await _session.Projects.SendRequestAsync<JsonElement>("X", "text")).ValueKind);
    }

    [Theory]
    [InlineData("failing", 1)]
    [InlineData("broken", 1)]
    [InlineData("moved", 1)]
    public async Task Another_status_and_json_that_is_none_are_failures_which_are_logged_and_counted(string handler, int posts)
    {
        using var counted = Counted.Start();

        await Assert.ThrowsAsync<CallbackException>(() => _session.Projects.SendRequestAsync<JsonElement>("X", handler));

        Assert.Contains(_gateway.Log.Lines, line => line.Event == "MessageHandlerFailed" && line.Text.Contains(handler, StringComparison.Ordinal));
        Assert.Equal(1, counted.Of(_gateway.Meter, "rabbitbridge.project.failures").GetValueOrDefault("exception"));
        Assert.Equal(posts, _service.Messages.Count);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_in_time_is_given_up()
    {
        await _session.Projects.SendMessageAsync("X", "never", scope: "G");

        await _service.Aborted;
        await Eventually.TrueAsync(() => _gateway.Log.Lines.Any(line => line.Event == "MessageHandlerTooSlow"), "it is logged");
    }

    [Fact]
    public async Task Roles_hold()
    {
        var seller = await _gateway.OpenSessionAsync(new SessionOptions { Principal = "Bob", Roles = ["Sales"] });

        Assert.Equal(SendStatus.Denied, Assert.Single(await _session.Projects.SendMessageAsync("X", "sales", scope: "G")).Status);
        Assert.Equal(SendStatus.Sent, Assert.Single(await seller.Projects.SendMessageAsync("X", "sales", scope: "G")).Status);
    }
}
