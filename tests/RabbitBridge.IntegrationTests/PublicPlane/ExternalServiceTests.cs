using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using RabbitBridge.ContractTests;
using RabbitMQ.Client.Events;

namespace RabbitBridge.IntegrationTests.PublicPlane;

/// <summary>Services that know only AMQP, written as RabbitMQ's RPC tutorial writes them, answer sessions.</summary>
[Collection(BrokerGroup.Name)]
public sealed class ExternalServiceTests(BrokerFixture broker) : BrokerTest(broker)
{
    [Fact]
    public async Task A_service_that_has_bound_its_own_queue_answers_a_session()
    {
        var (_, b) = await StartTwoAsync();
        var service = await ConnectAsync();
        var requests = new ConcurrentQueue<BasicDeliverEventArgs>();
        await BindAsync(service, 1, "svc.#", async request =>
        {
            requests.Enqueue(request);
            await service.AnswerAsync(request.BasicProperties, $"served {Encoding.UTF8.GetString(request.Body.Span)}");
        });
        var sender = b.OpenSession();

        Assert.Equal("served hello", await sender.AskAsync("svc", "hello"));
        Assert.Equal("served again", await sender.AskAsync("svc/deeper/path", "again"));

        Assert.True(requests.TryDequeue(out var first));
        var properties = first.BasicProperties;
        Assert.Equal(Inbox(b), properties.ReplyTo);
        Assert.Equal("text/plain", properties.ContentType);
        Assert.InRange(int.Parse(properties.Expiration!, CultureInfo.InvariantCulture), 1, Eventually.Limit.TotalMilliseconds);
        Assert.Equal(sender.Id.ToString(), Encoding.UTF8.GetString((byte[])properties.Headers!["rb-session"]!));
        Assert.True(requests.TryDequeue(out var second));
        Assert.Equal("svc.deeper.path", second.RoutingKey);
    }

    [Fact]
    public async Task The_errors_of_a_service_reach_the_session_under_their_reason()
    {
        var b = await StartGatewayAsync("b");
        var service = await ConnectAsync();
        await BindAsync(service, 1, "svc.#", request => service.AnswerAsync(request.BasicProperties, "what went wrong", properties =>
            properties.Headers = new Dictionary<string, object?> { ["rb-status"] = "error", ["rb-error"] = request.RoutingKey.Split('.')[1] }));
        var sender = b.OpenSession();

        Assert.Equal("what went wrong", (await Assert.ThrowsAsync<AccessDeniedException>(() => sender.AskAsync("svc/ACCESS_DENIED"))).Message);
        Assert.Equal("what went wrong", (await Assert.ThrowsAsync<InvalidMessageDataException>(() => sender.AskAsync("svc/INVALID_DATA"))).Message);
        var unknown = await Assert.ThrowsAsync<RejectedRequestException>(() => sender.AskAsync("svc/OUT_OF_COFFEE"));
        Assert.Contains("OUT_OF_COFFEE", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_never_answers_costs_the_call_its_time_and_nothing_else()
    {
        var b = await StartGatewayAsync("b");
        var service = await ConnectAsync();
        await BindAsync(service, 1, "svc.#", static _ => Task.CompletedTask);

        await Assert.ThrowsAsync<RequestTimeOutException>(
            () => b.OpenSession().AskAsync("svc", options: new RequestOptions { Timeout = TimeSpan.FromMilliseconds(100) }));
        Assert.Equal(0, b.PendingRequests);
    }

    [Fact]
    public async Task A_service_that_answers_in_another_type_fails_the_call()
    {
        var b = await StartGatewayAsync("b");
        var service = await ConnectAsync();
        await BindAsync(service, 1, "svc.#", request => service.AnswerAsync(request.BasicProperties, "text"));

        await Assert.ThrowsAsync<IncompatibleDatatypeException>(() => b.OpenSession().Messages.SendRequestAsync<string, long>("svc", ""));
    }

    [Fact]
    public async Task A_service_gets_the_whole_path_where_the_key_is_cut()
    {
        var b = await StartGatewayAsync("b");
        var service = await ConnectAsync();
        await BindAsync(service, 1, "svc.#", request => service.AnswerAsync(
            request.BasicProperties, $"{request.RoutingKey} {Encoding.UTF8.GetString((byte[])request.BasicProperties.Headers!["rb-path"]!)}"));
        var path = $"svc/{new string('é', 200)}/x";

        Assert.Equal($"svc {path}", await b.OpenSession().AskAsync(path));
    }

    [Fact]
    public async Task A_service_that_stops_leaves_its_path_unhandled_at_once()
    {
        var b = await StartGatewayAsync("b");
        var sender = b.OpenSession();
        var service = await ConnectAsync();
        await BindAsync(service, 2, "svc.x.#", request => service.AnswerAsync(request.BasicProperties, "served"));
        Assert.Equal("served", await sender.AskAsync("svc/x"));

        await service.DisposeAsync();

        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => sender.AskAsync("svc/x")) is UnhandledMessageException, "nobody handles the path");
    }

    [Fact]
    public async Task A_full_queue_refuses_with_ClusterRouting()
    {
        var b = await StartGatewayAsync("b");
        var service = await ConnectAsync();
        await service.Channel.QueueDeclareAsync(
            $"{Rabbit.Options.Prefix}.full", durable: false, exclusive: true, autoDelete: true,
            new Dictionary<string, object?> { ["x-max-length"] = 0, ["x-overflow"] = "reject-publish" });
        await service.Channel.QueueBindAsync($"{Rabbit.Options.Prefix}.full", Names.Level(1), "full.#");

        var error = await Assert.ThrowsAsync<ClusterRoutingException>(() => b.OpenSession().AskAsync("full"));

        Assert.Equal(ErrorReason.ClusterRouting, error.Reason);
    }

    private async Task BindAsync(PlainClient service, int level, string key, Func<BasicDeliverEventArgs, Task> onRequest)
    {
        var queue = await service.ServeAsync(onRequest);
        await service.Channel.QueueBindAsync(queue, Names.Level(level), key);
    }
}
