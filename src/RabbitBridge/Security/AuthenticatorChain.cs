using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;
using RabbitBridge.Filters;
using RabbitBridge.Sessions;

namespace RabbitBridge.Security;

/// <summary>
/// Asks the authenticators and makes of their decision what the session gets: roles and properties complete. Whoever is
/// refused hears that, and not why.
/// </summary>
internal sealed class AuthenticatorChain(IEnumerable<IAuthenticator> authenticators, SecurityState state, Telemetry telemetry, ILogger logger)
{
    /// <summary>All that a client hears of a refusal.</summary>
    public const string Refusal = "Access denied.";

    // An authenticator may tell what a client has shown.
    private const int MaxShown = 1000;

    // In whatever order they were registered: an application that lets in or refuses somebody has to be asked before anonymous clients are let in.
    private readonly IAuthenticator[] _authenticators = [.. authenticators.OrderBy(static each => each is IBuiltInAuthenticator)];

    /// <returns>Who the session acts for, with all its roles and properties.</returns>
    /// <exception cref="AccessDeniedException">The client is refused; the message does not say why.</exception>
    /// <exception cref="OverloadedException">It is not decided: there are too many logins, or too many wrong ones from the client's address.</exception>
    public async Task<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        string? why = null;
        foreach (var authenticator in _authenticators)
        {
            try
            {
                var result = await authenticator.AuthenticateAsync(request, cancellationToken).ConfigureAwait(false);
                if (result.Outcome == AuthenticationOutcome.Allowed)
                    return Allow(request, result, authenticator);
                if (result.Outcome == AuthenticationOutcome.Denied)
                    why = result.Message;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (OverloadedException exception)
            {
                telemetry.Authenticated("overloaded");
                Log.AuthenticationDenied(logger, Show(request.Principal), request.ClientAddress, request.Transport, exception.Message);
                throw;
            }
#pragma warning disable CA1031 // Whatever goes wrong in an authenticator, the client does not get in by it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                telemetry.Authenticated("failed");
                Log.AuthenticatorFailed(logger, exception, authenticator.GetType().Name, Show(request.Principal), request.ClientAddress);
                throw new AccessDeniedException(Refusal);
            }

            if (why is not null)
                break;
        }

        telemetry.Authenticated("denied");
        Log.AuthenticationDenied(
            logger, Show(request.Principal), request.ClientAddress, request.Transport, why is not null ? FilterText.Show(why, MaxShown) : "no authenticator knows this principal, or accepts what the client shows");
        throw new AccessDeniedException(Refusal);
    }

    private static string Show(string? principal) => FilterText.Show(principal ?? string.Empty);

    private AuthenticationResult Allow(AuthenticationRequest request, AuthenticationResult result, IAuthenticator authenticator)
    {
        // An authenticator that breaks the rules is one that fails: what it says cannot be a session's.
        SessionChangeRules.CheckValue(SessionProperty.Principal, result.Principal);
        var model = state.Model;
        var complete = AuthenticationResult.Allow(
            result.Principal,
            result.Roles.Union(result.Principal.Length == 0 ? model.AnonymousRoles : model.NamedRoles, StringComparer.Ordinal),
            Properties(request, result, model, authenticator, out var untrusted),
            result.Expires);
        telemetry.Authenticated("allowed");
        if (request.ProposedProperties.Keys.Count(static key => key.StartsWith('$')) is > 0 and var forged)
        {
            telemetry.BadInput("forged_property");
            telemetry.Refused(RefusalReason.ForgedProperty, forged);
            Log.ForgedProperties(logger, Show(result.Principal), request.ClientAddress, forged);
        }

        if (untrusted.Count > 0)
        {
            telemetry.Refused(RefusalReason.UntrustedProperty, untrusted.Count);
            Log.UntrustedProperties(logger, Show(result.Principal), request.ClientAddress, untrusted.Count, Show(untrusted[0]));
        }

        Log.Authenticated(logger, Show(result.Principal), request.ClientAddress, request.Transport, authenticator.GetType().Name);
        return complete;
    }

    /// <param name="request">What the client wants.</param>
    /// <param name="result">The decision.</param>
    /// <param name="model">The settings.</param>
    /// <param name="authenticator">Who has decided.</param>
    /// <param name="untrusted">The keys of what the client wants and does not get, without those that only gateways may set.</param>
    private Dictionary<string, string> Properties(AuthenticationRequest request, AuthenticationResult result, SecurityModel model, IAuthenticator authenticator, out List<string> untrusted)
    {
        untrusted = [];
        foreach (var key in result.Properties.Keys.Where(IsTheGateways))
            Log.AuthenticatorsPropertyDropped(logger, authenticator.GetType().Name, Show(result.Principal), key);
        var properties = SessionChangeRules.Normalise(result.Properties.Where(static each => !IsTheGateways(each.Key)).ToDictionary(static each => each.Key, static string? (each) => each.Value, StringComparer.Ordinal))
            .Where(static each => each.Value is not null)
            .ToDictionary(static each => each.Key, static each => each.Value!, StringComparer.Ordinal);
        foreach (var (key, value) in request.ProposedProperties)
        {
            // What the authenticator says of the principal is not the client's to change.
            if (!properties.TryGetValue(key, out var given) && properties.Count < SessionChangeRules.MaxCount && IsTrusted(key, value, model))
                properties[key] = value;
            else if (value is not null && value != given && !key.StartsWith('$'))
                untrusted.Add(key);
        }

        return properties;
    }

    private static bool IsTheGateways(string key) => key.StartsWith('$') && !SessionChangeRules.IsSettableFixed(key);

    private bool IsTrusted(string key, string? value, SecurityModel model)
    {
        try
        {
            return value is not null && model.TrustedProperties.TryGetValue(key, out var trusted) && trusted.Accepts(value);
        }
        catch (InvalidFilterException exception)
        {
            Log.ProposedPropertyNotDecided(logger, key, exception.Message);
            return false;
        }
    }
}
