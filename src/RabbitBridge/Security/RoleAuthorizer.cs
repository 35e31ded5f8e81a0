namespace RabbitBridge.Security;

/// <summary>Decides by the roles of the configuration, in its present state.</summary>
internal sealed class RoleAuthorizer(SecurityState state) : IAuthorizer
{
    public bool IsPermitted(ISession session, Permission permission, MessagePath path) =>
        state.Model.IsPermitted(session.Properties.TryGetValue(SessionProperty.Roles, out var roles) ? roles : string.Empty, permission, path);

    public bool IsPermitted(string? amqpUser, Permission permission, MessagePath path) => state.Model.IsUserPermitted(amqpUser, permission, path);

    public IReadOnlyCollection<string>? RolesOf(string? amqpUser) => state.Model.RolesOf(amqpUser);

    public bool MayBelong(string project, IReadOnlyCollection<string> roles) => state.Model.MayBelong(project, roles);

    public bool IsGateway(string? amqpUser) => state.Model.IsGateway(amqpUser);
}
