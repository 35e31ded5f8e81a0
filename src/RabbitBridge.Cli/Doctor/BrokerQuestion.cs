using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.Cli.Doctor;

/// <summary>Asks the broker something that it may answer by closing the channel.</summary>
internal static class BrokerQuestion
{
    /// <returns>The code and text with which the broker has closed the channel; <see langword="null"/> if all went well.</returns>
    public static async Task<ShutdownEventArgs?> AskAsync(
        IConnection connection, Func<IChannel, Task> question, TimeSpan limit, CancellationToken cancellationToken)
    {
        var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken).ConfigureAwait(false);
        await using (channel.ConfigureAwait(false))
        {
            try
            {
                await question(channel).WaitAsync(limit, cancellationToken).ConfigureAwait(false);
                return null;
            }
            catch (OperationInterruptedException exception) when (exception.ShutdownReason is not null)
            {
                return exception.ShutdownReason;
            }
            catch (PublishException) when (channel.CloseReason is not null)
            {
                return channel.CloseReason;
            }
        }
    }
}
