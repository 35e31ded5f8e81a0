using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace RabbitBridge.Client.Connections;

/// <summary>
/// What is wrong with an address itself, so that to try it again is of no use. A connection that is refused or breaks off is no such fault: the
/// gateway may be about to start.
/// </summary>
internal static class AddressFault
{
    /// <summary>Looks through what an attempt has failed with.</summary>
    /// <param name="address">The address that was tried.</param>
    /// <param name="failure">What came of it.</param>
    /// <returns>The fault, for people; <see langword="null"/> if the address may be right.</returns>
    public static string? Find(Uri address, Exception? failure)
    {
        for (var each = failure; each is not null; each = each.InnerException)
        {
            if (Of(address, each) is { } fault)
                return fault;
        }

        return null;
    }

    private static string? Of(Uri address, Exception failure) => failure switch
    {
        // Its text names the check that has failed: RemoteCertificateNameMismatch, or what is wrong with the chain.
        AuthenticationException tls =>
            $"TLS with {address} fails: {tls.Message.TrimEnd('.')}. An authority that the operating system does not know can be given with ClientOptions.ConfigureHttp.",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } =>
            $"The host name {address.Host} of {address} is not known.",
        HttpRequestException { StatusCode: HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.Gone } http =>
            $"There is no gateway at {address}: the server answers {(int)http.StatusCode!} ({http.StatusCode}).",
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } http =>
            $"There is no gateway at {address}: {http.Message}",
        // What SignalR says of a page that is no answer of its own.
        InvalidDataException data => $"There is no gateway at {address}: {data.Message}",
        _ => null,
    };
}
