using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;

namespace RabbitBridge.Security;

/// <summary>Asks an authorizer of the application's: one that throws permits nothing, and ends neither a connection nor a gateway.</summary>
internal sealed class GuardedAuthorizer(IAuthorizer authorizer, ILogger logger) : IAuthorizer
{
    public static IAuthorizer Of(IAuthorizer authorizer, ILogger logger) => authorizer is PermitAll ? authorizer : new GuardedAuthorizer(authorizer, logger);

    public bool IsPermitted(ISession session, Permission permission, MessagePath path) =>
        Ask((session, permission, path), static (authorizer, asked) => authorizer.IsPermitted(asked.session, asked.permission, asked.path));

    public bool IsPermitted(string? amqpUser, Permission permission, MessagePath path) =>
        Ask((amqpUser, permission, path), static (authorizer, asked) => authorizer.IsPermitted(asked.amqpUser, asked.permission, asked.path));

    public bool IsGateway(string? amqpUser) => Ask(amqpUser, static (authorizer, user) => authorizer.IsGateway(user));

    public IReadOnlyCollection<string>? RolesOf(string? amqpUser) => Ask(amqpUser, static (authorizer, user) => authorizer.RolesOf(user));

    public bool MayBelong(string project, IReadOnlyCollection<string> roles) =>
        Ask((project, roles), static (authorizer, asked) => authorizer.MayBelong(asked.project, asked.roles));

    // No closure: it is asked for every message.
    private T? Ask<TAsked, T>(TAsked asked, Func<IAuthorizer, TAsked, T> ask)
    {
        try
        {
            return ask(authorizer, asked);
        }
#pragma warning disable CA1031 // Whatever goes wrong in an authorizer, nothing is permitted by it, and nobody known.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.AuthorizerFailed(logger, exception, authorizer.GetType().Name);
            return default;
        }
    }
}
