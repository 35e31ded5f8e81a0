using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.PublicPlane;
using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.RabbitMq.Services;

/// <summary>Looks at the queues and exchanges of existing services and binds them, on a channel of its own: each that is missing closes it.</summary>
#pragma warning disable CA1001 // The semaphore has no wait handle to free, and who holds it may outlive the epoch.
internal sealed class ServiceBinder(Epoch epoch, IConnection control)
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _gate = new(1);
    private IChannel? _channel;

    /// <summary>Looks at a service's queue or exchange.</summary>
    /// <returns>How it stands with it.</returns>
    public Task<ServiceStatus> LookAsync(ServiceRoute service, CancellationToken cancellationToken) => AskAsync(
        service,
        channel => service.IsQueue
            ? LookAtQueueAsync(channel, service.RoutingKey, cancellationToken)
            : LookAtExchangeAsync(channel, service.Exchange, cancellationToken),
        cancellationToken);

    /// <summary>Binds a service's queue at the level of its path, so that plain callers reach it; or its exchange to <see cref="Names.Service"/>.</summary>
    /// <returns>How it stands with it.</returns>
    public Task<ServiceStatus> BindAsync(MessagePath path, ServiceRoute service, CancellationToken cancellationToken) => AskAsync(
        service,
        channel => service.IsQueue
            ? BindQueueAsync(channel, path, service.RoutingKey, cancellationToken)
            : BindExchangeAsync(channel, service.Exchange, cancellationToken),
        cancellationToken);

    private async Task<ServiceStatus> AskAsync(ServiceRoute service, Func<IChannel, Task<ServiceStatus>> ask, CancellationToken cancellationToken)
    {
        // Gateways speak to each other there, and believe what they are told.
        if (epoch.Names.IsOwn(service.IsQueue ? service.RoutingKey : service.Exchange))
            return new ServiceStatus(ServiceState.Missing, Problem: $"It is {service}, which belongs to the bridge itself.");
        try
        {
            return await AloneAsync(ask, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationInterruptedException exception) when (control.IsOpen && exception.ShutdownReason is { } reason)
        {
            return new ServiceStatus(ServiceState.Missing, Problem: Problem(reason, service));
        }
    }

    /// <summary>Takes a service's queue from the level of its path. Its exchange may be bound for other paths too, and stays.</summary>
    public async Task UnbindAsync(MessagePath path, ServiceRoute service, CancellationToken cancellationToken)
    {
        if (!service.IsQueue || epoch.Names.IsOwn(service.RoutingKey))
            return;
        try
        {
            await AloneAsync(
                async channel =>
                {
                    await channel.QueueUnbindAsync(service.RoutingKey, epoch.Names.Level(path.Depth), RoutingKeys.ForBranch(path), cancellationToken: cancellationToken).ConfigureAwait(false);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason is { ReplyCode: Constants.NotFound })
        {
            // The queue has gone, and its binding with it.
        }
    }

    private async Task<T> AloneAsync<T>(Func<IChannel, Task<T>> action, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_channel is not { IsOpen: true })
                _channel = await control.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            return await action(_channel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The answer that nobody waited for must not become that of the next question.
            _channel = null;
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    private static async Task<ServiceStatus> LookAtQueueAsync(IChannel channel, string queue, CancellationToken cancellationToken)
    {
        var found = await channel.QueueDeclarePassiveAsync(queue, cancellationToken).ConfigureAwait(false);
        return new ServiceStatus(found.ConsumerCount == 0 ? ServiceState.Idle : ServiceState.Served, (int)found.ConsumerCount);
    }

    private async Task<ServiceStatus> BindQueueAsync(IChannel channel, MessagePath path, string queue, CancellationToken cancellationToken)
    {
        var found = await LookAtQueueAsync(channel, queue, cancellationToken).ConfigureAwait(false);
        await channel.QueueBindAsync(queue, epoch.Names.Level(path.Depth), RoutingKeys.ForBranch(path), cancellationToken: cancellationToken).ConfigureAwait(false);
        return found;
    }

    private static async Task<ServiceStatus> LookAtExchangeAsync(IChannel channel, string exchange, CancellationToken cancellationToken)
    {
        await channel.ExchangeDeclarePassiveAsync(exchange, cancellationToken).ConfigureAwait(false);
        return new ServiceStatus(ServiceState.Served);
    }

    private async Task<ServiceStatus> BindExchangeAsync(IChannel channel, string exchange, CancellationToken cancellationToken)
    {
        var found = await LookAtExchangeAsync(channel, exchange, cancellationToken).ConfigureAwait(false);
        var arguments = new Dictionary<string, object?> { ["x-match"] = "all", [PublicHeaders.Service] = exchange };
        await channel.ExchangeBindAsync(exchange, epoch.Names.Service, routingKey: string.Empty, arguments, cancellationToken: cancellationToken).ConfigureAwait(false);
        return found;
    }

    private static string Problem(ShutdownEventArgs reason, ServiceRoute service) => reason.ReplyCode switch
    {
        Constants.NotFound => $"There is no {(service.IsQueue ? $"queue '{service.RoutingKey}'" : $"exchange '{service.Exchange}'")} at the broker.",
        Constants.ResourceLocked => $"The queue '{service.RoutingKey}' is exclusive to another connection.",
        Constants.AccessRefused => $"The gateway's broker user lacks a permission: {AccessRefusal.Explain(reason)}.",
        _ => $"The broker refuses it: {reason.ReplyText}.",
    };
}
