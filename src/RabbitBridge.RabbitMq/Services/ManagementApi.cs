using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Tls;
using RabbitBridge.RabbitMq.Topology;

namespace RabbitBridge.RabbitMq.Services;

/// <summary>Asks the broker's management API for what AMQP does not tell: who is bound to the levels.</summary>
internal sealed class ManagementApi : IDisposable
{
    private const long MaxBytes = 16 * 1024 * 1024;

    private readonly RabbitMqOptions _options;
    private readonly Names _names;
    private readonly HttpClient _http;

    public ManagementApi(RabbitMqOptions options)
    {
        (_options, _names) = (options, new Names(options.Prefix));
        var handler = new SocketsHttpHandler { ConnectTimeout = options.OperationTimeout };
        if (options.Tls.CaFile is not null)
        {
            // The broker's authorities have signed this certificate too.
            var check = new ServerCertificateCheck(options.Management!.DnsSafeHost, TlsMaterial.Load(options.Tls, []).Authorities, options.Tls.TrustSystemToo);
#pragma warning disable CA5359 // It throws where a certificate is refused.
            handler.SslOptions.RemoteCertificateValidationCallback = check.Accept;
#pragma warning restore CA5359
        }

        _http = new HttpClient(handler) { Timeout = options.OperationTimeout, MaxResponseContentBufferSize = MaxBytes };
    }

    /// <summary>Lists the queues that services have bound by themselves.</summary>
    /// <exception cref="CommunicationFailureException">The API does not answer, or does not let the gateway's user in.</exception>
    public async Task<BoundQueues> ListAsync(CancellationToken cancellationToken)
    {
        var (branches, others) = (new List<BoundQueue>(), new List<string>());
        for (var depth = 0; depth <= Names.MaxDepth; depth++)
        {
            foreach (var binding in await BindingsAsync(_names.Level(depth), cancellationToken).ConfigureAwait(false))
            {
                // Levels are bound to each other's entry, and handler queues by gateways.
                if (_names.IsOwn(binding.Destination))
                    continue;
                if (binding.DestinationType == "queue" && RoutingKeys.TryParseBranch(binding.RoutingKey, depth, out var path))
                    branches.Add(new BoundQueue(path, binding.Destination));
                else
                    others.Add($"the {binding.DestinationType} '{binding.Destination}', bound to {_names.Level(depth)} by '{binding.RoutingKey}'");
            }
        }

        return new BoundQueues(branches, others);
    }

    public void Dispose() => _http.Dispose();

    private async Task<List<ManagementBinding>> BindingsAsync(string exchange, CancellationToken cancellationToken)
    {
        var api = _options.Management!;
        var host = Uri.EscapeDataString(VirtualHost());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{api.Scheme}://{api.Authority}{api.AbsolutePath.TrimEnd('/')}/api/exchanges/{host}/{Uri.EscapeDataString(exchange)}/bindings/source"));
        try
        {
            var login = BrokerLogin.OfManagement(_options);
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{login.UserName}:{login.Password}")));
            using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
                return await response.Content.ReadFromJsonAsync(ManagementJson.Default.ListManagementBinding, cancellationToken).ConfigureAwait(false) ?? [];
            // The exchange: no gateway has made it yet. What is not the API at all says so in another type than its own.
            if (response is { StatusCode: HttpStatusCode.NotFound, Content.Headers.ContentType.MediaType: ContentTypes.Json })
                return [];
            throw new CommunicationFailureException(
                $"The management API at {Shown()} answers {(int)response.StatusCode}{((int)response.StatusCode is 401 or 403 ? $": the user '{login.UserName}' needs the tag management (rabbitmqctl set_user_tags)" : string.Empty)}.");
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or IOException or AuthenticationException or OptionsValidationException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new CommunicationFailureException($"The management API at {Shown()} does not answer: {exception.GetBaseException().Message}", exception);
        }
    }

    private string Shown() => $"{_options.Management!.Host}:{_options.Management.Port}";

    private string VirtualHost() => _options.Uri.AbsolutePath is { Length: > 1 } path ? Uri.UnescapeDataString(path[1..]) : "/";
}
