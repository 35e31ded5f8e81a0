using Microsoft.AspNetCore.Http.Connections;
using Microsoft.Extensions.Logging;

namespace RabbitBridge;

/// <summary>How a client connects to its gateways.</summary>
public sealed record ClientOptions
{
    /// <summary>The gateways' addresses, such as <c>https://gateway-a.example.com</c>. When one is lost, the others are tried in turn.</summary>
    /// <value>There is no default; at least one, http or https.</value>
    public required IReadOnlyList<Uri> Addresses { get; init; }

    /// <summary>Who connects.</summary>
    /// <value>The default is <see langword="null"/>: anonymous, or whom <see cref="Token"/> names.</value>
    public string? Principal { get; init; }

    /// <summary>The principal's password.</summary>
    /// <value>The default is <see langword="null"/>: none.</value>
    public string? Password { get; init; }

    /// <summary>Gives a bearer token each time a session is opened.</summary>
    /// <value>The default is <see langword="null"/>: none.</value>
    public Func<CancellationToken, Task<string>>? Token { get; init; }

    /// <summary>
    /// User properties that the session proposes, 128 at most, each with a key of 255 bytes and a value of 4,096 bytes in UTF-8 at most; with others
    /// no session is opened. The gateway takes those that its authenticators trust.
    /// </summary>
    /// <value>The default is none.</value>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>The project to which the session belongs, whose messages it may handle; 4,096 bytes in UTF-8 at most. The gateway may admit only some roles to it.</summary>
    /// <value>The default is none.</value>
    public string? Project { get; init; }

    /// <summary>The name of this host, by which project messages may be narrowed; 4,096 bytes in UTF-8 at most.</summary>
    /// <value>The default is <see langword="null"/>: the address that the gateway sees.</value>
    public string? HostName { get; init; }

    /// <summary>How long the first connection may take, over all addresses. Addresses none of which can become right are told at once.</summary>
    /// <value>The default is 10 s. More than 0.</value>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a lost connection is tried again, at all addresses, before the session is closed.</summary>
    /// <value>The default is 60 s. 0 closes the session at once.</value>
    public TimeSpan ReconnectTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The hub protocol.</summary>
    /// <value>The default is <see cref="ClientProtocol.MessagePack"/>.</value>
    public ClientProtocol Protocol { get; init; } = ClientProtocol.MessagePack;

    /// <summary>The transports that may be used, the best that works first.</summary>
    /// <value>The default is all of SignalR's.</value>
    public HttpTransportType Transports { get; init; } = HttpTransportType.WebSockets | HttpTransportType.ServerSentEvents | HttpTransportType.LongPolling;

    /// <summary>
    /// Changes the HTTP client of a connection, for certificates, proxies or headers. It is given a <see cref="HttpClientHandler"/>, and returns
    /// it, or one around it or in its place. It is called once for a connection's requests and once for its WebSocket.
    /// </summary>
    /// <value>The default is <see langword="null"/>: nothing.</value>
    public Func<HttpMessageHandler, HttpMessageHandler>? ConfigureHttp { get; init; }

    /// <summary>Tells the time of requests.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where failures of handlers and lost connections are logged.</summary>
    /// <value>The default is <see langword="null"/>: nowhere.</value>
    public ILoggerFactory? LoggerFactory { get; init; }
}
