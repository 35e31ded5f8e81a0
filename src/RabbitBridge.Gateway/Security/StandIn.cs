namespace RabbitBridge.Security;

internal sealed record AuthenticationRequest
{
    public string? Principal { get; init; }
    public string? Password { get; init; }
    public string? Token { get; init; }
    public required IReadOnlyDictionary<string, string> ProposedProperties { get; init; }
    public System.Net.IPAddress? ClientAddress { get; init; }
    public required string ClientType { get; init; }
    public required string Transport { get; init; }
}

internal sealed record SessionIdentity(string Principal, IReadOnlyCollection<string> Roles, IReadOnlyDictionary<string, string> Properties, DateTimeOffset? Expires);

internal sealed class AuthenticatorChain
{
#pragma warning disable CA1822 // Until the real one comes.
    public Task<SessionIdentity> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(new SessionIdentity(request.Principal ?? "", [], request.ProposedProperties, null));
}
