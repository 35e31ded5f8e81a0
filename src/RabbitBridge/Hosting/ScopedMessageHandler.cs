using Microsoft.Extensions.DependencyInjection;

namespace RabbitBridge.Hosting;

/// <summary>Gives each message to a handler of its own, from a service scope that ends with the message.</summary>
internal sealed class ScopedMessageHandler<THandler>(IServiceScopeFactory scopes) : IMessageHandler
    where THandler : class, IMessageHandler
{
    public async Task<object?> OnMessageAsync(ProjectMessage message, CancellationToken cancellationToken)
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
            return await scope.ServiceProvider.GetRequiredService<THandler>().OnMessageAsync(message, cancellationToken).ConfigureAwait(false);
    }
}
