using System.Collections.Concurrent;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.IntegrationTests;

/// <summary>An AMQP client that knows nothing of RabbitBridge but the public page of the wire contract.</summary>
internal sealed class PlainClient : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<PlainReply>> _calls = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<PlainReply> _replies = new();

    private PlainClient(IConnection connection, IChannel channel) => (_connection, Channel) = (connection, channel);

    public IChannel Channel { get; }

    public string ReplyQueue { get; private set; } = "";

    /// <summary>Every answer that came, in order.</summary>
    public IReadOnlyList<PlainReply> Replies => [.. _replies];

    public static async Task<PlainClient> ConnectAsync(Uri uri)
    {
        var factory = new ConnectionFactory { Uri = uri, AutomaticRecoveryEnabled = false };
        var connection = await factory.CreateConnectionAsync();
        // With confirms tracked a message that comes back is an exception of the publish.
        var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        var client = new PlainClient(connection, channel);
        client.ReplyQueue = await client.ServeAsync(client.OnReplyAsync);
        return client;
    }

    /// <summary>Consumes a new exclusive queue.</summary>
    /// <returns>The queue's name.</returns>
    public async Task<string> ServeAsync(Func<BasicDeliverEventArgs, Task> onMessage)
    {
        var queue = (await Channel.QueueDeclareAsync(exclusive: true)).QueueName;
        var consumer = new AsyncEventingBasicConsumer(Channel);
        consumer.ReceivedAsync += (_, message) => onMessage(message);
        await Channel.BasicConsumeAsync(queue, autoAck: true, consumer);
        return queue;
    }

    /// <summary>Publishes a mandatory message.</summary>
    /// <returns>Whether a queue took it; <see langword="false"/> if it came back.</returns>
    public async Task<bool> PublishAsync(string exchange, string key, ReadOnlyMemory<byte> body, Action<BasicProperties>? describe = null)
    {
        var properties = new BasicProperties();
        describe?.Invoke(properties);
        try
        {
            await Channel.BasicPublishAsync(exchange, key, mandatory: true, properties, body);
            return true;
        }
        catch (PublishException exception) when (exception.IsReturn)
        {
            return false;
        }
    }

    /// <summary>Sends a request, which a queue takes, and waits for its answer.</summary>
    public async Task<PlainReply> CallAsync(string exchange, string key, ReadOnlyMemory<byte> body, Action<BasicProperties>? describe = null)
    {
        var reply = await TryCallAsync(exchange, key, body, describe);
        Assert.True(reply is not null, "The broker gave the request back.");
        return reply;
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <returns>The answer; <see langword="null"/> if the request came back.</returns>
    public async Task<PlainReply?> TryCallAsync(string exchange, string key, ReadOnlyMemory<byte> body, Action<BasicProperties>? describe = null)
    {
        var correlation = Guid.NewGuid().ToString();
        var call = _calls[correlation] = new TaskCompletionSource<PlainReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        var taken = await PublishAsync(exchange, key, body, properties =>
        {
            properties.ReplyTo = ReplyQueue;
            properties.CorrelationId = correlation;
            describe?.Invoke(properties);
        });
        if (!taken)
        {
            _calls.TryRemove(correlation, out _);
            return null;
        }

        return await call.Task.WaitAsync(Eventually.Limit);
    }

    public async Task AnswerAsync(IReadOnlyBasicProperties request, string text, Action<BasicProperties>? describe = null) =>
        await PublishAsync("", request.ReplyTo!, Encoding.UTF8.GetBytes(text), properties =>
        {
            properties.CorrelationId = request.CorrelationId;
            properties.ContentType = "text/plain";
            describe?.Invoke(properties);
        });

    public async ValueTask DisposeAsync()
    {
        await _connection.CloseAsync(Constants.ReplySuccess, "done", TimeSpan.FromSeconds(2), abort: true);
        await _connection.DisposeAsync();
    }

    private Task OnReplyAsync(BasicDeliverEventArgs message)
    {
        var reply = new PlainReply(
            Header(message, "rb-status"), Header(message, "rb-error"), message.BasicProperties.ContentType,
            Encoding.UTF8.GetString(message.Body.Span), message.BasicProperties.CorrelationId)
        {
            Session = Header(message, "rb-session"),
            Count = (Header(message, "rb-gateway"), Number(message, "rb-count")),
            Gateways = Number(message, "rb-gateways"),
        };
        _replies.Enqueue(reply);
        if (reply.CorrelationId is { } correlation && _calls.TryRemove(correlation, out var call))
            call.SetResult(reply);
        return Task.CompletedTask;
    }

    private static int? Number(BasicDeliverEventArgs message, string name) =>
        message.BasicProperties.Headers?.TryGetValue(name, out var value) == true ? value as int? : null;

    private static string? Header(BasicDeliverEventArgs message, string name) =>
        message.BasicProperties.Headers is { } headers && headers.TryGetValue(name, out var value) && value is byte[] bytes
            ? Encoding.UTF8.GetString(bytes) : null;
}
