using System.Text.Json;

namespace RabbitBridge.Gateway.IntegrationTests;

/// <summary>Lets everybody in, as whom and with what they say. The password is a list of roles.</summary>
internal sealed class TrustingAuthenticator : IAuthenticator
{
    public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken) => new(
        AuthenticationResult.Allow(
            request.Principal ?? "", JsonSerializer.Deserialize<string[]>(request.Password ?? "[]"), request.ProposedProperties));
}
