using System.Collections.Concurrent;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Frames;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace RabbitBridge.EndToEndTests.Hostile;

/// <summary>Reads along what comes to a gateway's inbox, as an operator of the broker can: numbers of requests that nobody could guess.</summary>
internal sealed class SniffedRequests : IFrameSink, IAsyncDisposable
{
    private readonly IConnection _connection;

    private SniffedRequests(IConnection connection) => _connection = connection;

    public ConcurrentQueue<RequestEnvelope> Requests { get; } = new();

    public static async Task<SniffedRequests> OpenAsync(Uri broker, string exchange, string inbox)
    {
        var connection = await new ConnectionFactory { Uri = broker, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
        var sniffed = new SniffedRequests(connection);
        var channel = await connection.CreateChannelAsync();
        var queue = (await channel.QueueDeclareAsync(exclusive: true)).QueueName;
        await channel.QueueBindAsync(queue, exchange, inbox);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, message) =>
        {
            FrameReader.Read(message.Body.ToArray(), sniffed);
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue, autoAck: true, consumer);
        return sniffed;
    }

    public void OnSent(long at, int waited)
    {
        // The tests look at the messages.
    }

    public void OnRequest(in RequestEnvelope request) => Requests.Enqueue(request);

    public void OnResponse(in ResponseEnvelope response)
    {
        // Only requests are of interest, here and below.
    }

    public void OnMessage(LinkMessage message)
    {
    }

    public void OnBadRequest(long id, ErrorReason reason, string problem)
    {
    }

    public void OnUnknown(int type)
    {
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
