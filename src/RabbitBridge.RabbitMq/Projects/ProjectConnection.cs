using Microsoft.Extensions.Logging;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Projects;

/// <summary>
/// The connection over which message handlers publish. It is apart from the fabric's: an exchange that is missing, or a broker that blocks
/// publishers, harms no other traffic. It is made for the first message, and anew for the next one after it was lost.
/// </summary>
internal sealed class ProjectConnection(RabbitMqOptions options, string gateway, ILogger logger) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly List<ProjectChannel> _channels = [];
    private IConnection? _connection;
    private bool _isDisposed;

    /// <summary>A channel for one handler, whose messages then wait for no other's confirms.</summary>
    public ProjectChannel NewChannel()
    {
        var channel = new ProjectChannel(this);
        lock (_channels)
            _channels.Add(channel);
        return channel;
    }

    /// <summary>Opens a channel that awaits the confirm of everything that is published.</summary>
    public async Task<IChannel> OpenAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_connection is not { IsOpen: true })
            {
                await CloseAsync().ConfigureAwait(false);
                var factory = Connector.CreateFactory(options);
                if (options.Tls.AcceptAnyServer)
                    Log.AnyServerAccepted(logger, Connector.Where(factory));
                _connection = await factory.CreateConnectionAsync($"{options.Prefix}/{gateway}/projects", cancellationToken).ConfigureAwait(false);
            }

            return await _connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // It may look open and be dead; the next message tries a new one.
            await CloseAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Gives something of the connection up without failing over how that goes.</summary>
    public async Task GiveUpAsync(Func<Task> close)
    {
        try
        {
            await close().WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It is given up; how it ends changes nothing any more.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.CloseFailed(logger, exception, "projects");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            _isDisposed = true;
            await CloseAsync().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }

        lock (_channels)
        {
            foreach (var channel in _channels)
                channel.Dispose();
            _channels.Clear();
        }
    }

    private async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _connection, null) is not { } connection)
            return;
        await GiveUpAsync(async () =>
        {
            // Abort rather than close: a close can wait 30 s for a broker that is gone (rabbitmq-dotnet-client #1968).
            await connection.CloseAsync(Constants.ReplySuccess, "The gateway closes the connection.", TimeSpan.FromSeconds(2), abort: true).ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
        }).ConfigureAwait(false);
    }
}
