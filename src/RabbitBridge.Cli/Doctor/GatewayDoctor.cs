using System.Net;
using System.Text.Json;

namespace RabbitBridge.Cli.Doctor;

/// <summary>Looks at a gateway as its clients see it.</summary>
internal sealed class GatewayDoctor(ClientOptions client, TimeSpan limit)
{
    private readonly Uri _address = client.Addresses[0];

    /// <summary>Whether the gateway has answered.</summary>
    public bool IsReached { get; private set; }

    public async IAsyncEnumerable<Finding> ExamineAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = limit };
        var (health, text, unreachable) = await GetAsync(http, "healthz", cancellationToken).ConfigureAwait(false);
        if (health is null)
        {
            yield return Finding.Problem(
                $"gateway {_address}",
                $"It cannot be reached: {unreachable}",
                "See that the gateway runs and listens there (ASPNETCORE_URLS), with http or https as in the address, and that no firewall is between.");
            yield break;
        }

        IsReached = true;
        using (health)
        {
            if (health.StatusCode == HttpStatusCode.OK)
                yield return Finding.Ok($"gateway {_address}", "It is reachable, and alive (/healthz).");
            else
                yield return Finding.Problem($"gateway {_address}", $"/healthz answers with {(int)health.StatusCode}.", "See that this is a gateway's address, without a path, and not another server's.");
            if (health.Headers.Date is { } date)
                yield return ClockJudge.Gateway(_address, date, TimeProvider.System.GetUtcNow());
        }

        yield return await ReadyAsync(http, cancellationToken).ConfigureAwait(false);
        yield return await ProtocolAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<(HttpResponseMessage? Response, string Text, string Problem)> GetAsync(HttpClient http, string path, CancellationToken cancellationToken)
    {
        try
        {
            var response = await http.GetAsync(new Uri($"{_address.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{path}"), cancellationToken).ConfigureAwait(false);
            return (response, await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false), string.Empty);
        }
        catch (HttpRequestException exception)
        {
            return (null, string.Empty, exception.GetBaseException().Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, string.Empty, $"there is no answer within {limit.TotalSeconds} s");
        }
    }

    private async Task<Finding> ReadyAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var check = $"readiness of {_address}";
        var (response, text, unreachable) = await GetAsync(http, "readyz", cancellationToken).ConfigureAwait(false);
        using (response)
        {
            return response switch
            {
                null => Finding.Problem(check, unreachable, "See that the gateway still runs."),
                { StatusCode: HttpStatusCode.OK } => Finding.Ok(check, Checks(text) ?? "It is ready (/readyz)."),
                { StatusCode: HttpStatusCode.ServiceUnavailable } => Finding.Problem(
                    check, $"It is not ready (/readyz): {Checks(text) ?? "it does not say why"}", "See whether the gateway reaches its broker: its log, RabbitMq:Uri, and the doctor with --broker on its machine."),
                _ => Finding.Problem(check, $"/readyz answers with {(int)response.StatusCode}.", "See that this is a gateway's address, without a path, and not another server's."),
            };
        }
    }

    private async Task<Finding> ProtocolAsync(CancellationToken cancellationToken)
    {
        var check = $"sessions at {_address}";
        try
        {
            var session = await RabbitBridgeClient.ConnectAsync(client, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
                return Finding.Ok(check, $"Gateway {session.Gateway} speaks this protocol, and opens a session for {Who(session.Principal)}.");
        }
        catch (AccessDeniedException exception)
        {
            return client.Principal is null && client.Token is null
                ? Finding.Unknown(check, $"It speaks this protocol, but lets nobody in without credentials: {exception.Message}", "Give --principal and RABBITBRIDGE_PASSWORD, or RABBITBRIDGE_TOKEN.")
                : Finding.Problem(check, $"It does not let {Who(client.Principal ?? "the bearer of this token")} in: {exception.Message}", "Check the credentials, and the authenticators in the gateway's configuration.");
        }
        catch (UnsupportedOperationException exception)
        {
            return Finding.Problem(check, $"It speaks another version of the protocol: {exception.Message}", "Use a gateway and clients of the same version of RabbitBridge.");
        }
        catch (MessagingException exception)
        {
            return Finding.Problem(check, $"No session can be opened: {ErrorNames.Of(exception.Reason)}: {exception.Message}", "See that proxies between let WebSockets or long polling to /rabbitbridge pass, and the gateway's log.");
        }
    }

    private static string Who(string principal) => principal.Length == 0 ? "anonymous" : $"'{principal}'";

    private static string? Checks(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("checks", out var checks) && checks.ValueKind == JsonValueKind.Object
                ? string.Join(" ", checks.EnumerateObject().Select(check => check.Value.ToString()))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
