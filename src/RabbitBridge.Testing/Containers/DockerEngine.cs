using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace RabbitBridge.Testing.Containers;

/// <summary>The few questions to a Docker engine that Testcontainers does not ask, or not within a bounded time.</summary>
internal sealed class DockerEngine : IDisposable
{
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(30);
    private readonly HttpClient _http;

    private DockerEngine(HttpClient http, bool isLocal)
    {
        _http = http;
        IsLocal = isLocal;
    }

    /// <summary>Whether its published ports are this machine's.</summary>
    public bool IsLocal { get; }

    public static async Task<bool> AnswersAsync(TimeSpan limit, CancellationToken ct)
    {
        using var engine = Find();
        if (engine is null)
            return false;
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct);
        both.CancelAfter(limit);
        try
        {
            using var response = await engine._http.GetAsync(new Uri("_ping", UriKind.Relative), both.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is HttpRequestException or SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>The engine that DOCKER_HOST names, else the first of the usual sockets; null if there is none.</summary>
    public static DockerEngine? Find()
    {
        if (Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } host)
            return Uri.TryCreate(host, UriKind.Absolute, out var uri) ? At(uri) : null;

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") ?? "/run/user/0";
        string[] sockets =
        [
            "/var/run/docker.sock",
            Path.Combine(runtime, "docker.sock"),
            Path.Combine(home, ".docker/run/docker.sock"),
            Path.Combine(home, ".docker/desktop/docker.sock"),
        ];
        return sockets.FirstOrDefault(File.Exists) is { } socket ? OnSocket(socket) : null;
    }

    public async Task<bool> HasImageAsync(string image, CancellationToken ct)
    {
        using var response = await _http.GetAsync(new Uri($"images/{image}/json", UriKind.Relative), ct).ConfigureAwait(false);
        return response.IsSuccessStatusCode;
    }

    public async Task<bool> IsRunningAsync(string container, CancellationToken ct)
    {
        using var response = await _http.GetAsync(new Uri($"containers/{container}/json", UriKind.Relative), ct).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        using var json = await JsonDocument.ParseAsync(
            await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false), cancellationToken: ct).ConfigureAwait(false);
        return json.RootElement.GetProperty("State").GetProperty("Running").GetBoolean();
    }

    /// <summary>SIGKILL to the container's first process; a container that is down already is fine.</summary>
    public async Task KillAsync(string container, CancellationToken ct)
    {
        using var response = await _http.PostAsync(
            new Uri($"containers/{container}/kill?signal=KILL", UriKind.Relative), content: null, ct).ConfigureAwait(false);
        if (response.StatusCode is not HttpStatusCode.Conflict)
            response.EnsureSuccessStatusCode();
        using var wait = await _http.PostAsync(
            new Uri($"containers/{container}/wait?condition=not-running", UriKind.Relative), content: null, ct).ConfigureAwait(false);
        wait.EnsureSuccessStatusCode();
    }

    public void Dispose() => _http.Dispose();

    private static DockerEngine? At(Uri host) => host.Scheme switch
    {
        "unix" => OnSocket(host.LocalPath),
        "tcp" or "http" => new DockerEngine(
            new HttpClient { BaseAddress = new UriBuilder(host) { Scheme = "http" }.Uri, Timeout = RequestLimit }, host.IsLoopback),
        _ => null,
    };

    private static DockerEngine OnSocket(string path)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct).ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        // In a container that was lent the engine's socket, published ports are another machine's.
        var isLocal = !File.Exists("/.dockerenv");
        return new DockerEngine(new HttpClient(handler) { BaseAddress = new Uri("http://localhost/"), Timeout = RequestLimit }, isLocal);
    }
}
