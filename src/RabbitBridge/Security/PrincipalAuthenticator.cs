using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace RabbitBridge.Security;

/// <summary>
/// Decides about clients that name a principal of the configuration. A refusal takes the same work whether the principal
/// exists or not, so that its time tells nothing.
/// </summary>
internal sealed class PrincipalAuthenticator(SecurityState state) : IBuiltInAuthenticator, IDisposable
{
    private static readonly byte[] NoSalt = new byte[16];

    // When a gateway dies its clients come to another one all at once: who was right once is known without the slow function.
    // The key is this process's own, and a new hash in the configuration makes another fingerprint.
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(64);
    private readonly ConcurrentDictionary<string, byte[]> _verified = new(StringComparer.Ordinal);

    private readonly LoginLimits _limits = new();

    public async ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        var principals = state.Model.Principals;
        if (principals.Count == 0 || string.IsNullOrEmpty(request.Principal) || (request.Password is null && request.Token is not null))
            return AuthenticationResult.Abstain;

        var password = request.Password ?? string.Empty;
        var principal = principals.Find(request.Principal);
        var fingerprint = principal is null ? null : HMACSHA512.HashData(_key, Encoding.UTF8.GetBytes($"{principal.HashText}\0{password}"));
        if (principal is null || !WasVerified(principal, fingerprint!))
        {
            if (!await VerifyAsync(principal, password, fingerprint, principals.MostIterations, request.ClientAddress, cancellationToken).ConfigureAwait(false))
            {
                _limits.Failed(request.ClientAddress);
                // Others may know a principal who is not in the configuration.
                return principal is null ? AuthenticationResult.Abstain : AuthenticationResult.Deny("wrong password");
            }

            _verified[principal!.Name] = fingerprint!;
        }

        return AuthenticationResult.Allow(principal.Name, principal.Roles, principal.Properties);
    }

    public void Dispose() => _limits.Dispose();

    private bool WasVerified(KnownPrincipal principal, byte[] fingerprint) =>
        _verified.TryGetValue(principal.Name, out var known) && CryptographicOperations.FixedTimeEquals(known, fingerprint);

    private async Task<bool> VerifyAsync(
        KnownPrincipal? principal, string password, byte[]? fingerprint, int work, IPAddress? address, CancellationToken cancellationToken)
    {
        using var turn = await _limits.EnterAsync(address, cancellationToken).ConfigureAwait(false);
        // Another session of the same principal may have been first while this one waited.
        return (principal is not null && WasVerified(principal, fingerprint!))
            || await Task.Run(() => Verify(principal, password, work), cancellationToken).ConfigureAwait(false);
    }

    private static bool Verify(KnownPrincipal? principal, string password, int work)
    {
        var isRight = principal is not null
            && CryptographicOperations.FixedTimeEquals(principal.Hash, PasswordHash.Derive(password, principal.Salt, principal.Iterations));
        var rest = work - (principal?.Iterations ?? 0);
        if (rest > 0)
            PasswordHash.Derive(password, NoSalt, rest);
        return isRight;
    }
}
