using RabbitBridge.Client.Connections;
using RabbitBridge.Client.Sessions;

namespace RabbitBridge;

/// <summary>Opens sessions at gateways that run elsewhere.</summary>
public static class RabbitBridgeClient
{
    /// <summary>Connects to the first gateway that answers, and opens a session.</summary>
    /// <param name="options">Where and as whom.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The session. It connects anew by itself; see <see cref="IRemoteSession.StateChanged"/>.</returns>
    /// <exception cref="AccessDeniedException">The gateway does not let the principal in.</exception>
    /// <exception cref="CommunicationFailureException">
    /// No gateway answers within <see cref="ClientOptions.ConnectTimeout"/>; at once if none of the addresses can become right: the host name is not
    /// known, the certificate is not trusted, or something else than a gateway answers. A connection that is refused is tried again.
    /// </exception>
    /// <exception cref="ArgumentException">The options are wrong.</exception>
    public static async Task<IRemoteSession> ConnectAsync(ClientOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Addresses.Count == 0)
            throw new ArgumentException("Addresses: at least one is needed, such as https://gateway.example.com.", nameof(options));
        if (options.Addresses.FirstOrDefault(address => !address.IsAbsoluteUri || address.Scheme is not ("http" or "https")) is { } wrong)
            throw new ArgumentException($"Addresses: '{wrong}' is no address of a gateway, which begins with http:// or https://.", nameof(options));
        if (options.ConnectTimeout <= TimeSpan.Zero)
            throw new ArgumentException($"ConnectTimeout {options.ConnectTimeout}: more than 0.", nameof(options));
        if (options.ReconnectTimeout < TimeSpan.Zero)
            throw new ArgumentException($"ReconnectTimeout {options.ReconnectTimeout}: 0 or more.", nameof(options));

        var session = new RemoteSession(options, new Connector(options));
        await session.OpenAsync(cancellationToken).ConfigureAwait(false);
        return session;
    }

    /// <summary>Connects anonymously.</summary>
    /// <inheritdoc cref="ConnectAsync(ClientOptions, CancellationToken)"/>
    /// <param name="address">The gateway's address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<IRemoteSession> ConnectAsync(string address, CancellationToken cancellationToken = default) =>
        ConnectAsync(new ClientOptions { Addresses = [new Uri(address)] }, cancellationToken);
}
