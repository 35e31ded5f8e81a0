using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitBridge.ContractTests;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace RabbitBridge.IntegrationTests.Projects;

/// <summary>Message handlers that publish at the broker.</summary>
[Collection(BrokerGroup.Name)]
public sealed class AmqpHandlersTests(BrokerFixture broker) : IAsyncLifetime
{
    private readonly CapturingLogger _log = new();
    private readonly string _exchange = $"t-{Guid.NewGuid():N}";
    private readonly ConcurrentQueue<BasicDeliverEventArgs> _taken = new();
    private PlainClient _client = null!;
    private ServiceProvider _services = null!;
    private ISession _session = null!;
    private string _queue = "";

    public async Task InitializeAsync()
    {
        var options = broker.Options();
        _client = await PlainClient.ConnectAsync(options.Uri);
        _queue = await _client.ServeAsync(message =>
        {
            // The body is the client's only until this returns.
            _taken.Enqueue(new BasicDeliverEventArgs(
                message.ConsumerTag, message.DeliveryTag, message.Redelivered, message.Exchange, message.RoutingKey, message.BasicProperties, message.Body.ToArray()));
            return Task.CompletedTask;
        });
        var services = new ServiceCollection();
        services.AddSingleton<ILogger<IGateway>>(new TypedLogger<IGateway>(_log));
        services.AddRabbitBridge(gateway => gateway.Name = "a")
            .UseRabbitMq(rabbit => (rabbit.Uri, rabbit.Prefix) = (options.Uri, options.Prefix))
            .AddProject("X", project => project
                .OnMessagePublish("queue", "", _queue)
                .OnMessagePublish("nowhere", "", "no-such-queue")
                .OnMessagePublish("exchange", _exchange, "key"));
        _services = services.BuildServiceProvider();
        foreach (var service in _services.GetServices<IHostedService>())
            await service.StartAsync(CancellationToken.None);
        _session = _services.GetRequiredService<IGateway>().OpenSession(new SessionOptions { Principal = "Ann" });
    }

    public async Task DisposeAsync()
    {
        await _client.Channel.ExchangeDeleteAsync(_exchange);
        foreach (var service in _services.GetServices<IHostedService>())
            await service.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
        await _client.DisposeAsync();
    }

    [Fact]
    public async Task A_message_is_published_as_persistent_json_and_its_request_answered_when_it_is_confirmed()
    {
        Assert.Equal(JsonValueKind.Null, (await _session.Projects.SendRequestAsync<JsonElement>("X", "queue", new { tea = 2 })).ValueKind);

        await Eventually.TrueAsync(() => _taken.Count == 1, "it is consumed");
        var message = Assert.Single(_taken);
        Assert.Equal("""{"tea":2}""", Encoding.UTF8.GetString(message.Body.Span));
        Assert.Equal(("application/json", true), (message.BasicProperties.ContentType, message.BasicProperties.Persistent));
        Assert.Equal(
            ["rb-message-handler queue", "rb-principal Ann", "rb-project X"],
            message.BasicProperties.Headers!.Where(header => header.Key.StartsWith("rb-", StringComparison.Ordinal)).Select(header => $"{header.Key} {Encoding.UTF8.GetString((byte[])header.Value!)}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_no_queue_takes_is_a_failure_and_the_next_message_goes_on()
    {
        await Assert.ThrowsAsync<CallbackException>(() => _session.Projects.SendRequestAsync<JsonElement>("X", "nowhere"));
        Assert.Contains(_log.Lines, line => line.Event == "MessageHandlerFailed" && line.Exception!.Message.Contains("No queue takes", StringComparison.Ordinal));

        await _session.Projects.SendRequestAsync<JsonElement>("X", "queue");
        await Eventually.TrueAsync(() => _taken.Count == 1, "it is consumed");
    }

    [Fact]
    public async Task An_exchange_that_is_missing_is_a_failure_until_it_is_there()
    {
        await Assert.ThrowsAsync<CallbackException>(() => _session.Projects.SendRequestAsync<JsonElement>("X", "exchange"));

        await _client.Channel.ExchangeDeclareAsync(_exchange, ExchangeType.Direct);
        await _client.Channel.QueueBindAsync(_queue, _exchange, "key");
        await _session.Projects.SendRequestAsync<JsonElement>("X", "exchange");

        await Eventually.TrueAsync(() => _taken.Count == 1, "it is consumed");
        Assert.Equal((_exchange, "key"), (Assert.Single(_taken).Exchange, Assert.Single(_taken).RoutingKey));
    }
}
