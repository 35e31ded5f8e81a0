using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.IntegrationTests;

/// <summary>Looks at a broker's entities with declarations. Each look has a channel of its own: a failed one closes it.</summary>
internal sealed class BrokerView : IAsyncDisposable
{
    private readonly IConnection _connection;

    private BrokerView(IConnection connection) => _connection = connection;

    public static async Task<BrokerView> OpenAsync(Uri uri) =>
        new(await new ConnectionFactory { Uri = uri, AutomaticRecoveryEnabled = false }.CreateConnectionAsync());

    /// <summary>Does something on a channel.</summary>
    /// <returns>0, or the code with which the broker refused.</returns>
    public async Task<int> TryAsync(Func<IChannel, Task> action)
    {
        await using var channel = await _connection.CreateChannelAsync();
        try
        {
            await action(channel);
            return 0;
        }
        catch (OperationInterruptedException exception)
        {
            return exception.ShutdownReason?.ReplyCode ?? -1;
        }
    }

    /// <returns>0 if the queue exists, 404 if not, 405 if it is another connection's own.</returns>
    public Task<int> FindQueueAsync(string name) => TryAsync(channel => channel.QueueDeclarePassiveAsync(name));

    public async Task<(uint Messages, uint Consumers)> CountAsync(string queue)
    {
        await using var channel = await _connection.CreateChannelAsync();
        var found = await channel.QueueDeclarePassiveAsync(queue);
        return (found.MessageCount, found.ConsumerCount);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.CloseAsync(Constants.ReplySuccess, "done", TimeSpan.FromSeconds(2), abort: true);
        await _connection.DisposeAsync();
    }
}
