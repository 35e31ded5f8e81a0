using System.Text.Json.Serialization;

namespace RabbitBridge.Projects;

/// <summary>What became of a message at one system of a gateway.</summary>
/// <param name="Session">The client session; <see langword="null"/> for the gateway itself.</param>
/// <param name="Address">The client's address.</param>
/// <param name="Host">The client's host.</param>
/// <param name="Status">What became of it.</param>
internal sealed record SystemReceipt(string? Session, string Address, string Host, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] SendStatus Status)
{
    public static SystemReceipt OfGateway(SendStatus status) => new(Session: null, string.Empty, string.Empty, status);
}
