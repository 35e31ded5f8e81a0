namespace RabbitBridge.Security;

internal sealed class PermitAll : IAuthorizer
{
    public bool IsPermitted(ISession session, Permission permission, MessagePath path) => true;
}
