namespace RabbitBridge.Remote;

/// <summary>What became of a project message at one system.</summary>
/// <param name="Session">The client session; <see langword="null"/> for a gateway.</param>
/// <param name="Address">The client's address.</param>
/// <param name="Host">The client's host.</param>
/// <param name="Status">The status's name, such as <c>NO_HANDLER</c>.</param>
/// <param name="Server">The server, if it is not the client's own.</param>
internal sealed record RemoteReceipt(string? Session, string Address, string Host, string Status, string? Server);
