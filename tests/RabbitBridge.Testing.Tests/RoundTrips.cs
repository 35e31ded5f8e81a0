using System.Text;
using RabbitMQ.Client;

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

    /// <summary>Null if the queue is empty or does not exist.</summary>
    public static async Task<string?> GetAsync(Uri uri)
    {
        await using var connection = await ConnectAsync(uri);
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false);
        return await channel.BasicGetAsync(Queue, autoAck: true) is { } message ? Encoding.UTF8.GetString(message.Body.Span) : null;
    }

    public static Task<IConnection> ConnectAsync(Uri uri) =>
        new ConnectionFactory { Uri = uri, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
}
