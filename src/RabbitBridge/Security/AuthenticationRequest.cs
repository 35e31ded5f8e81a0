using System.Net;
using System.Text;

namespace RabbitBridge;

/// <summary>A client that wants to open a session. Its text shows neither password nor token.</summary>
public sealed record AuthenticationRequest
{
    /// <summary>As whom the client wants to act; <see langword="null"/> or empty: as nobody, or as whom the token names.</summary>
    public string? Principal { get; init; }

    /// <summary>The password, if the client gave one.</summary>
    public string? Password { get; init; }

    /// <summary>The bearer token, if the client gave one.</summary>
    public string? Token { get; init; }

    /// <summary>The user properties that the client wants for its session. They are the client's word and nothing more.</summary>
    /// <value>The default is none.</value>
    public IReadOnlyDictionary<string, string> ProposedProperties { get; init; } = new Dictionary<string, string>();

    /// <summary>The address of the client; <see langword="null"/> if the transport does not tell.</summary>
    public IPAddress? ClientAddress { get; init; }

    /// <summary>The kind of client, as in <see cref="SessionProperty.ClientType"/>.</summary>
    /// <value>The default is <c>OTHER</c>.</value>
    public string ClientType { get; init; } = "OTHER";

    /// <summary>How the client is connected, as in <see cref="SessionProperty.Transport"/>.</summary>
    /// <value>The default is <c>OTHER</c>.</value>
    public string Transport { get; init; } = "OTHER";

    internal bool IsAnonymous => string.IsNullOrEmpty(Principal) && string.IsNullOrEmpty(Password) && string.IsNullOrEmpty(Token);

    // What the compiler would write puts secrets into every log that shows the record.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(null, $"Principal = {Principal}, ClientAddress = {ClientAddress}, ClientType = {ClientType}, Transport = {Transport}");
        return true;
    }
}
