using RabbitBridge.RabbitMq.Connections;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.RabbitMq.Projects;

/// <summary>A handler's channel. It is opened for the first message, and anew for the next one after a failure.</summary>
internal sealed class ProjectChannel(ProjectConnection connection) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IChannel? _channel;

    /// <summary>Publishes a message and waits until the broker has confirmed it.</summary>
    /// <exception cref="CommunicationFailureException">No queue takes it, or the broker refuses it.</exception>
    public async Task PublishAsync(string exchange, string routingKey, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        // One after the other, also where a message that took too long is still here when the next one comes.
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_channel is not { IsOpen: true })
            {
                await DropAsync().ConfigureAwait(false);
                _channel = await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            }

            // A publish can hang after a socket error whatever its token says (rabbitmq-dotnet-client #1930).
            await _channel.BasicPublishAsync(exchange, routingKey, mandatory: true, properties, body, cancellationToken)
                .AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PublishException exception)
        {
            throw new CommunicationFailureException(
                exception.IsReturn
                    ? $"No queue takes what is published to the exchange '{exchange}' with the routing key '{routingKey}'."
                    : $"The broker refuses what is published to the exchange '{exchange}' with the routing key '{routingKey}'.",
                exception);
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason is { ReplyCode: Constants.AccessRefused } refusal)
        {
            await DropAsync().ConfigureAwait(false);
            throw new CommunicationFailureException($"The gateway's broker user lacks a permission: {AccessRefusal.Explain(refusal)}.", exception);
        }
        catch
        {
            await DropAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task DropAsync()
    {
        if (Interlocked.Exchange(ref _channel, null) is { } channel)
            await connection.GiveUpAsync(() => channel.DisposeAsync().AsTask()).ConfigureAwait(false);
    }
}
