using Microsoft.Extensions.DependencyInjection;

namespace RabbitBridge.Hosting;

/// <summary>Handles each request in a service scope that ends with it.</summary>
internal sealed class HostedHandler<TRequest, TResponse>(
    MessagePath branch, Func<IServiceProvider, TRequest, IRequestContext, CancellationToken, ValueTask<TResponse>> handler, RequestHandlerOptions? options)
    : HostedHandler(branch)
{
    public override Task<IRegistration> RegisterAsync(ISession session, IServiceProvider provider, CancellationToken cancellationToken)
    {
        var scopes = provider.GetRequiredService<IServiceScopeFactory>();
        return session.Messages.AddRequestHandlerAsync<TRequest, TResponse>(
            Branch.ToString(), (request, context, cancelled) => HandleAsync(scopes, request, context, cancelled), options, cancellationToken);
    }

    private async ValueTask<TResponse> HandleAsync(IServiceScopeFactory scopes, TRequest request, IRequestContext context, CancellationToken cancellationToken)
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            scope.ServiceProvider.GetRequiredService<RequestScope>().Context = context;
            return await handler(scope.ServiceProvider, request, context, cancellationToken).ConfigureAwait(false);
        }
    }
}
