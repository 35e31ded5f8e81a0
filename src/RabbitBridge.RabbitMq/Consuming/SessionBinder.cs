using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Consuming;

/// <summary>Binds the inbox for filter requests, on a channel of its own.</summary>
internal sealed class SessionBinder(Epoch epoch, IChannel channel) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);

    public Task BindAsync(SessionBinding binding, CancellationToken cancellationToken) => AloneAsync(
        () => channel.QueueBindAsync(epoch.Address, epoch.Names.Filter, string.Empty, Arguments(binding), cancellationToken: cancellationToken),
        cancellationToken);

    public Task UnbindAsync(SessionBinding binding, CancellationToken cancellationToken) => AloneAsync(
        () => channel.QueueUnbindAsync(epoch.Address, epoch.Names.Filter, string.Empty, Arguments(binding), cancellationToken),
        cancellationToken);

    public void Dispose() => _gate.Dispose();

    // A channel takes one such call at a time.
    private async Task AloneAsync(Func<Task> action, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await action().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    // A header without a value matches whatever value the message has.
    private static Dictionary<string, object?> Arguments(SessionBinding binding)
    {
        var arguments = binding.Headers.ToDictionary(static header => header, static object? (_) => null, StringComparer.Ordinal);
        arguments["x-match"] = "any";
        return arguments;
    }
}
