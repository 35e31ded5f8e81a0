using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;

namespace RabbitBridge.Security;

/// <summary>Asks an authorizer of the application's: one that throws permits nothing, and ends neither a connection nor a gateway.</summary>
internal sealed class GuardedAuthorizer(IAuthorizer authorizer, ILogger logger) : IAuthorizer
{
    public static IAuthorizer Of(IAuthorizer authorizer, ILogger logger) => authorizer is PermitAll ? authorizer : new GuardedAuthorizer(authorizer, logger);

    public bool IsPermitted(ISession session, Permission permission, MessagePath path)
    {
        try
        {
            return authorizer.IsPermitted(session, permission, path);
        }
#pragma warning disable CA1031 // Whatever goes wrong in an authorizer, nothing is permitted by it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failed(exception);
            return false;
        }
    }

    public bool IsPermitted(string? amqpUser, Permission permission, MessagePath path)
    {
        try
        {
            return authorizer.IsPermitted(amqpUser, permission, path);
        }
#pragma warning disable CA1031 // Whatever goes wrong in an authorizer, nothing is permitted by it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failed(exception);
            return false;
        }
    }

    public bool IsGateway(string? amqpUser)
    {
        try
        {
            return authorizer.IsGateway(amqpUser);
        }
#pragma warning disable CA1031 // Whatever goes wrong in an authorizer, nobody is a gateway by it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failed(exception);
            return false;
        }
    }

    public IReadOnlyCollection<string>? RolesOf(string? amqpUser)
    {
        try
        {
            return authorizer.RolesOf(amqpUser);
        }
#pragma warning disable CA1031 // Whatever goes wrong in an authorizer, nobody is known by it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failed(exception);
            return null;
        }
    }

    public bool MayBelong(string project, IReadOnlyCollection<string> roles)
    {
        try
        {
            return authorizer.MayBelong(project, roles);
        }
#pragma warning disable CA1031 // Whatever goes wrong in an authorizer, nobody belongs to a project by it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failed(exception);
            return false;
        }
    }

    private void Failed(Exception exception) => Log.AuthorizerFailed(logger, exception, authorizer.GetType().Name);
}
