namespace RabbitBridge.Security;

/// <summary>Decides about clients that name no principal and show nothing.</summary>
internal sealed class AnonymousAuthenticator(SecurityState state) : IBuiltInAuthenticator
{
    public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken) => new(
        !request.IsAnonymous ? AuthenticationResult.Abstain
        : state.Model.AllowsAnonymous ? AuthenticationResult.Allow(string.Empty)
        : AuthenticationResult.Deny("anonymous sessions are not allowed (Security:AnonymousSessions:Allowed)"));
}
