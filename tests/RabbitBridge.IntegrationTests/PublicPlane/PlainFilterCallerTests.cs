using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.PublicPlane;

/// <summary>Services that know only AMQP ask sessions by a filter.</summary>
[Collection(BrokerGroup.Name)]
public sealed class PlainFilterCallerTests(BrokerFixture broker) : BrokerTest(broker)
{
    [Fact]
    public async Task A_plain_client_gets_the_count_of_each_gateway_and_the_answer_of_each_session()
    {
        var (a, b, c) = await StartThreeAsync();
        var sessions = new List<ISession>();
        foreach (var gateway in new[] { a, a, b })
        {
            var session = await gateway.OpenSessionAsync(new SessionOptions { Principal = "p" });
            session.Messages.SetRequestStream<string, string>("say/it", (_, text, _) => new($"{text}, {session.Id}"));
            sessions.Add(session);
        }

        await c.OpenSessionAsync();
        var client = await ConnectAsync();
        await SendAsync(client, "$Principal is 'p'", "say.it");

        await Eventually.TrueAsync(() => client.Replies.Count == 6, "three counts and three answers have come");
        Assert.All(client.Replies, reply => Assert.Equal("mine", reply.CorrelationId));
        var counts = client.Replies.Where(reply => reply.Status == "count").Select(reply => reply.Count);
        Assert.Equal([("a", 2), ("b", 1), ("c", 0)], counts.Order());
        Assert.All(client.Replies.Where(reply => reply.Status == "count"), reply => Assert.Equal(3, reply.Gateways));
        Assert.Equal(
            sessions.Select(session => ((string?)session.Id.ToString(), $"hello, {session.Id}")).Order(),
            client.Replies.Where(reply => reply.Status == "ok").Select(reply => (reply.Session, reply.Text)).Order());
    }

    [Theory]
    [InlineData(2, "Department=Accounts")]
    [InlineData(1, "Department=Accounts", "$Principal=bob")]
    [InlineData(3)]
    [InlineData(0, "Department=")]
    public async Task Properties_in_headers_do_in_place_of_a_filter(int selected, params string[] properties)
    {
        var (a, b) = await StartTwoAsync();
        foreach (var (gateway, principal, department) in new[] { (a, "bob", "Accounts"), (a, "ann", "Sales"), (b, "cid", "Accounts") })
        {
            var session = await gateway.OpenSessionAsync(new SessionOptions { Principal = principal, Properties = new Dictionary<string, string> { ["Department"] = department } });
            session.Messages.SetRequestStream<string, string>("say/it", (_, text, _) => new($"{text}, {principal}"));
        }

        var client = await ConnectAsync();
        Assert.True(await PublishAsync(client, [.. properties.Length == 0 ? [("rb-all", "")] : Array.Empty<(string, string)>(), .. properties.Select(property => ($"rb-property-{property.Split('=')[0]}", property.Split('=')[1]))]));

        await Eventually.TrueAsync(() => client.Replies.Count == 2 + selected, "the counts and the answers have come");
        Assert.Equal(selected, client.Replies.Sum(reply => reply.Count.Sessions ?? 0));
        Assert.Equal(selected, client.Replies.Count(reply => reply.Status == "ok"));
    }

    [Theory]
    [InlineData("rb-property-", "INVALID_FILTER")]
    [InlineData("rb-property-a is 'x' or b", "INVALID_FILTER")]
    [InlineData("rb-flter", "INVALID_DATA")]
    [InlineData("rb-narrowed", "INVALID_DATA")]
    [InlineData("rb-session", "INVALID_DATA")]
    [InlineData("rb-filter", "INVALID_DATA")]
    public async Task A_header_that_does_not_belong_to_a_request_to_all_is_answered_with_what_is_wrong(string header, string error)
    {
        var a = await StartGatewayAsync("a");
        await a.OpenSessionAsync();
        var client = await ConnectAsync();
        Assert.True(await PublishAsync(client, [("rb-all", ""), (header, "all")]));

        await Eventually.TrueAsync(() => client.Replies.Count == 1, "the error has come");
        Assert.Equal(("error", error, ("a", 0)), (client.Replies[0].Status, client.Replies[0].Error, client.Replies[0].Count));
        Assert.Contains(header.Replace("rb-property-", "", StringComparison.Ordinal), client.Replies[0].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("content-class")]
    public async Task A_forgotten_filter_is_answered_with_the_name_of_its_header(params string[] others)
    {
        var a = await StartGatewayAsync("a");
        var asked = 0;
        (await a.OpenSessionAsync()).Messages.SetRequestStream<string, string>("say/it", (_, _, _) => new($"{Interlocked.Increment(ref asked)}"));
        var client = await ConnectAsync();
        Assert.True(await PublishAsync(client, others.Select(other => (other, "x"))));

        await Eventually.TrueAsync(() => client.Replies.Count == 1, "the error has come");
        Assert.Equal(("error", "INVALID_DATA", 1), (client.Replies[0].Status, client.Replies[0].Error, client.Replies[0].Gateways));
        Assert.Contains("rb-filter", client.Replies[0].Text, StringComparison.Ordinal);
        Assert.Equal(0, Volatile.Read(ref asked));
    }

    [Fact]
    public async Task Errors_are_told_by_session()
    {
        var a = await StartGatewayAsync("a");
        var without = await a.OpenSessionAsync();
        var client = await ConnectAsync();
        await SendAsync(client, "all", "path");

        await Eventually.TrueAsync(() => client.Replies.Count == 2, "the count and the error have come");
        var error = client.Replies.Single(reply => reply.Status == "error");
        Assert.Equal((without.Id.ToString(), "UNHANDLED_MESSAGE"), (error.Session, error.Error));
    }

    [Fact]
    public async Task A_session_that_does_not_answer_in_time_is_told()
    {
        var a = await StartGatewayAsync("a");
        var silent = await a.OpenSessionAsync();
        silent.Messages.SetRequestStream("path", new HoldingHandler(), DataTypes.Text, DataTypes.Text);
        var client = await ConnectAsync();
        await SendAsync(client, "all", "path", expiration: "2000");

        await Eventually.TrueAsync(() => client.Replies.Count == 2, "the count and the error have come");
        Assert.Equal((silent.Id.ToString(), "REQUEST_TIME_OUT"), client.Replies.Where(reply => reply.Status == "error").Select(reply => (reply.Session, reply.Error)).Single());
    }

    [Fact]
    public async Task Large_answers_of_many_sessions_all_come_D8()
    {
        const int Sessions = 60;
        var a = await StartGatewayAsync("a");
        // All of them might wait at the gateway, should nobody be quick enough to tell how large they are.
        var answer = new byte[1024 * 1024];
        for (var i = 0; i < Sessions; i++)
            a.OpenSession().Messages.SetRequestStream<string, byte[]>("path", (_, _, _) => new(answer));
        await a.OpenSessionAsync();
        var client = await ConnectAsync();
        await SendAsync(client, "all", "path", expiration: "60000");

        await Eventually.TrueAsync(() => client.Replies.Count == Sessions + 2, "the count and all answers have come");
        Assert.Equal(Sessions, client.Replies.Where(static reply => reply.Status == "ok").Select(static reply => reply.Session).Distinct().Count());
        // The one who has no stream.
        Assert.Equal("UNHANDLED_MESSAGE", Assert.Single(client.Replies, static reply => reply.Status == "error").Error);
        await Eventually.TrueAsync(() => RabbitMqWorld.Fabric(a).CurrentEpoch!.Publisher.Budget.Taken == 0, "nothing is charged any more");
    }

    [Fact]
    public async Task A_filter_that_cannot_be_parsed_is_answered_with_what_is_wrong()
    {
        var a = await StartGatewayAsync("a");
        await a.OpenSessionAsync();
        var client = await ConnectAsync();
        await SendAsync(client, "Department is Accounts", "path");

        await Eventually.TrueAsync(() => client.Replies.Count == 1, "the error has come");
        Assert.Equal(("error", "INVALID_FILTER"), (client.Replies[0].Status, client.Replies[0].Error));
        Assert.Contains("line 1, column 15", client.Replies[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_any_session_the_counts_are_0_and_without_a_gateway_the_request_comes_back()
    {
        var (a, b) = await StartTwoAsync();
        var client = await ConnectAsync();
        await SendAsync(client, "all", "path");
        await Eventually.TrueAsync(() => client.Replies.Count == 2, "the counts have come");
        Assert.All(client.Replies, reply => Assert.Equal(("count", 0, 2), (reply.Status, reply.Count.Sessions, reply.Gateways)));

        await a.StopAsync();
        await b.StopAsync();
        Assert.False(await client.PublishAsync(Names.Session, "path", default, properties => properties.Headers = new Dictionary<string, object?> { ["rb-filter"] = "all" }));
    }

    private Task<bool> PublishAsync(PlainClient client, IEnumerable<(string Name, string Value)> headers) => client.PublishAsync(Names.Session, "say.it", Utf8("hello"), properties =>
    {
        properties.Headers = headers.ToDictionary(header => header.Name, object? (header) => header.Value);
        properties.ReplyTo = client.ReplyQueue;
        properties.ContentType = ContentTypes.Text;
    });

    private async Task SendAsync(PlainClient client, string filter, string key, string? expiration = null) =>
        Assert.True(await client.PublishAsync(Names.Session, key, Utf8("hello"), properties =>
        {
            properties.Headers = new Dictionary<string, object?> { ["rb-filter"] = filter };
            properties.ReplyTo = client.ReplyQueue;
            properties.CorrelationId = "mine";
            properties.ContentType = ContentTypes.Text;
            properties.Expiration = expiration;
        }));
}
