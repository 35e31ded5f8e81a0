using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.Testing.Tests;

/// <summary>What a client does with a broker, in one call each.</summary>
internal static class RoundTrips
{
    private const string Queue = "testing.durable";

    public static async Task PublishAsync(Uri uri, string text)
    {
        await using var connection = await ConnectAsync(uri);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false);
        await channel.BasicPublishAsync(
            "", Queue, mandatory: true, new BasicProperties { Persistent = true }, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Null if the queue is empty.</summary>
    /// <exception cref="OperationInterruptedException">The queue does not exist.</exception>
    public static async Task<string?> GetAsync(Uri uri)
    {
        await using var connection = await ConnectAsync(uri);
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclarePassiveAsync(Queue);
        return await channel.BasicGetAsync(Queue, autoAck: true) is { } message ? Encoding.UTF8.GetString(message.Body.Span) : null;
    }

    /// <summary>How many messages the queue has.</summary>
    /// <exception cref="OperationInterruptedException">The queue does not exist.</exception>
    public static async Task<uint> CountAsync(Uri uri)
    {
        await using var connection = await ConnectAsync(uri);
        await using var channel = await connection.CreateChannelAsync();
        return (await channel.QueueDeclarePassiveAsync(Queue)).MessageCount;
    }

    public static Task<IConnection> ConnectAsync(Uri uri) =>
        new ConnectionFactory { Uri = uri, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
}
