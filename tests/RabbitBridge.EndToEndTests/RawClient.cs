using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.EndToEndTests;

/// <summary>A plain AMQP client that looks what is there.</summary>
internal static class RawClient
{
    public static async Task<bool> QueueExistsAsync(Uri broker, string name)
    {
        var factory = new ConnectionFactory { Uri = broker, AutomaticRecoveryEnabled = false };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            await channel.QueueDeclarePassiveAsync(name);
            return true;
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return false;
        }
    }
}
